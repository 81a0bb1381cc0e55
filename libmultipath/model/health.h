/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health.h - which paths fail too often to be trusted (san_path_err_*, marginal_path_*).  For: the
 * daemon, tests.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/state.h"

struct mp_map_settings;

enum mp_health_method {
	MP_HEALTH_TRUST, /* nothing is configured: every path is taken as it is checked */
	/* san_path_err_*: failures are counted, and forgotten after enough good checks */
	MP_HEALTH_COUNT,
	/* marginal_path_*: after two failures in a short time the rate of errors is measured */
	MP_HEALTH_SAMPLE,
};

/**
 * mp_health_method() - a method is in use when all its settings are; marginal_path_* goes before
 * san_path_err_*
 */
enum mp_health_method mp_health_method(const struct mp_map_settings *settings);

enum mp_health_phase {
	MP_HEALTH_NONE,
	MP_HEALTH_WATCHED, /* failed once, at failed_usec */
	MP_HEALTH_QUEUED, /* held; sampled as soon as it is up */
	MP_HEALTH_SAMPLED, /* held; under way */
	MP_HEALTH_RESTS, /* held, after a bad sample; queued again at rest_until_usec */
};

/* Of one path; all zero is a path that is trusted. */
struct mp_health {
	bool held; /* not to be used while another path of the map works */
	/* MP_HEALTH_COUNT */
	unsigned failures;
	unsigned forget_in; /* good checks until one failure is forgotten */
	uint64_t held_since_usec;
	/* MP_HEALTH_SAMPLE */
	enum mp_health_phase phase;
	uint64_t failed_usec, rest_until_usec;
};

enum mp_health_event {
	MP_HEALTH_FAILED, /* the kernel's map stopped using it */
	MP_HEALTH_GOOD, /* its check found it up or ghost */
	MP_HEALTH_MEASURED, /* sampling has ended: ios, errors */
};

struct mp_health_input {
	enum mp_health_event event;
	const struct mp_map_settings *settings;
	enum mp_path_state old; /* state before the check */
	bool needed; /* the map has no other path that works */
	unsigned ios, errors;
	uint64_t now_usec; /* CLOCK_MONOTONIC */
};

struct mp_health_verdict {
	bool start_sampling, stop_sampling;
	bool check; /* the path is free: check it now, and use it */
	const char *reason; /* constant, for the log; NULL if nothing changed */
};

/**
 * mp_health_step() - one event of a path's life
 *
 * @health->held afterwards says whether the path is to be held back (delayed, or marginal).
 */
struct mp_health_verdict mp_health_step(struct mp_health *health,
					const struct mp_health_input *input);

/** mp_health_forgive() - the operator trusts the path. Return: true if it was being sampled. */
bool mp_health_forgive(struct mp_health *health);
