/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * health.h - holds back unreliable paths by the rules of model/health.h.  For: the
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
	struct mp_health health; /* the path's new value */
	struct mp_health_verdict verdict;
	bool marginal; /* the path's new value: it belongs in a path group of its own */
};

/** health_tell_settings() - warn once that marginal_path_* supersede the keywords that are set */
void health_tell_settings(const struct daemon_map *map);

/** health_judge() - @path: in a map; @now_usec: CLOCK_MONOTONIC; changes nothing */
struct health_effects health_judge(const struct daemon_path *path, const struct health_news *news,
				   uint64_t now_usec);

/**
 * health_on_good() - for struct duties.on_good. Return: delayed for a path that is held back,
 * unless it gets I/O as a marginal one
 */
enum mp_path_state health_on_good(struct daemon_path *path, enum mp_path_state answer);

/** health_on_failed() - for struct duties.on_failed */
void health_on_failed(struct daemon_path *path);

/**
 * health_awaits_table() - Return: true if a marginal path is not used before a table with it in a
 * group of its own is loaded
 */
bool health_awaits_table(const struct daemon_path *path);

/** health_set_marginal() - and have the path's map grouped again, if that is news */
void health_set_marginal(struct daemon_path *path, bool marginal);

/** health_forgive() - clear the path's record, for the operator */
void health_forgive(struct daemon_path *path);

/** health_paths_lost() - no path of the map works: use paths that are held back */
void health_paths_lost(struct daemon_map *map);
