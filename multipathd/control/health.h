/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health.h - holds back paths that fail too often, by the rules of model/health.h.  For: the
 * daemon's loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/health.h"
#include "model/state.h"

struct daemon;
struct daemon_map;
struct daemon_path;

/* What happened to a path of a map. */
struct health_news {
	enum mp_health_event event;
	unsigned ios, errors; /* of MP_HEALTH_MEASURED */
};

/* What that changes. */
struct health_effects {
	struct mp_health health; /* the path's from now on */
	struct mp_health_verdict verdict;
	bool marginal; /* the path's from now on: it belongs to a path group of its own */
};

/** health_tell_settings() - warn once that marginal_path_* are newer than what is set */
void health_tell_settings(const struct daemon_map *map);

/** health_judge() - @path: of a map; @now_usec: CLOCK_MONOTONIC. Nothing is done. */
struct health_effects health_judge(const struct daemon_path *path, const struct health_news *news,
				   uint64_t now_usec);

/**
 * health_on_good() - as struct duties.on_good. Return: delayed for a path that is held back, unless
 * it gets I/O as a marginal one
 */
enum mp_path_state health_on_good(struct daemon_path *path, enum mp_path_state answer);

/** health_on_failed() - as struct duties.on_failed */
void health_on_failed(struct daemon_path *path);

/**
 * health_awaits_table() - a marginal path is used again by the table that has it in a group of its
 * own
 */
bool health_awaits_table(const struct daemon_path *path);

/** health_forgive() - the operator trusts the path */
void health_forgive(struct daemon_path *path);

/** health_paths_lost() - no path of the map works: one that is held back is better than none */
void health_paths_lost(struct daemon_map *map);
