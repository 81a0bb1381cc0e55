/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * states.h - what changes when states of paths do, in the daemon's eyes or the kernel's.  For: the
 * daemon's control.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/state.h"

struct daemon_map;
struct daemon_path;
struct mp_kernel_map;
struct mp_table_path;
struct path_news;

/* What news of its paths ask of a map, beside the duties of its owner. */
struct states_effects {
	unsigned enable; /* path group, from 1, that has a path again; 0 none */
	bool look; /* which group is in use must be known before its owner hears of it */
};

/** states_weigh() - of a map that exists, with its groups up to date. Nothing is done. */
struct states_effects states_weigh(const struct daemon_map *map, const struct path_news *news);

/* What a path's state in the kernel says, compared with the one before. */
struct states_difference {
	bool doubt; /* the kernel failed it meanwhile: it may lead to another LUN now */
	bool check; /* at once: it gets I/O all the same */
	bool fail_again; /* another program reinstated it, although it is not good */
};

/** states_compare() - @path: of a map; @before: NULL: it was in no table. Nothing is done. */
struct states_difference states_compare(const struct daemon_path *path,
					const struct mp_table_path *before,
					const struct mp_table_path *now);

/* A path that the kernel does not use any more, by the map's table. */
struct states_failure {
	bool is_new; /* the daemon took it as good so far; else the rest is unset */
	/*
	 * Its next check, CLOCK_MONOTONIC: a path that answers the checker but fails I/O does not
	 * come and go as fast as it can. May be in the past.
	 */
	uint64_t earliest_usec;
};

/** states_judge_failure() - @path: of a map; @now_usec: CLOCK_MONOTONIC. Nothing is done. */
struct states_failure states_judge_failure(const struct daemon_path *path, uint64_t now_usec);

/**
 * states_changed() - states or priorities of its paths changed: counters, queueing, failback; no
 * table change by itself
 */
void states_changed(struct daemon_map *map, const struct path_news *news);

/**
 * states_replace() - what the kernel has of a map is this now, and nothing is decided by it yet.
 * Takes *kernel.
 */
void states_replace(struct daemon_map *map, struct mp_kernel_map *kernel);

/** states_take() - a status of the kernel's came. Takes *kernel. */
void states_take(struct daemon_map *map, struct mp_kernel_map *kernel);

/** states_take_change() - as above, for a change that was not ours: the table may be another one */
void states_take_change(struct daemon_map *map, struct mp_kernel_map *kernel);

/**
 * states_log() - a path's state is another one now; @old: the one before; @message: of its checker,
 * or ""
 */
void states_log(const struct daemon_path *path, enum mp_path_state old, const char *message);
