/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * states.h - handles changes of path states, in the daemon or the kernel.  For: the
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

/* What a change of path states requires of a map, besides the duties of its owner. */
struct states_effects {
	unsigned enable; /* path group that has a path again, counted from 1; 0 none */
	bool look; /* the group in use must be read before its owner is notified */
};

/** states_weigh() - for a map that exists, with its groups up to date; changes nothing */
struct states_effects states_weigh(const struct daemon_map *map, const struct path_news *news);

/* What follows from a path's state in the kernel, compared with the previous one. */
struct states_difference {
	bool doubt; /* the kernel has failed it since: it may lead to another LUN now */
	bool check; /* check it immediately: it gets I/O nevertheless */
	bool fail_again; /* another program reinstated it although it is not usable */
};

/** states_compare() - @path: in a map; @before: NULL if it was in no table; changes nothing */
struct states_difference states_compare(const struct daemon_path *path,
					const struct mp_table_path *before,
					const struct mp_table_path *now);

/* A path that the kernel no longer uses, according to the map's table. */
struct states_failure {
	bool is_new; /* the daemon considered it good so far; otherwise the rest is unset */
	/*
	 * Its next check, CLOCK_MONOTONIC: a path that answers the checker but fails I/O does not
	 * come and go as fast as it can. May be in the past.
	 */
	uint64_t earliest_usec;
};

/** states_judge_failure() - @path: in a map; @now_usec: CLOCK_MONOTONIC; changes nothing */
struct states_failure states_judge_failure(const struct daemon_path *path, uint64_t now_usec);

/**
 * states_changed() - states or priorities of its paths have changed: update counters, queueing and
 * failback; loads no table by itself
 */
void states_changed(struct daemon_map *map, const struct path_news *news);

/**
 * states_replace() - replace the kernel's state of a map, without states_changed(). Paths that the
 * kernel has failed since are doubted, those in use nevertheless are checked, and those that
 * another program reinstated although they are not usable are failed again. Takes *kernel.
 */
void states_replace(struct daemon_map *map, struct mp_kernel_map *kernel);

/** states_take() - process a status read from the kernel. Takes *kernel. */
void states_take(struct daemon_map *map, struct mp_kernel_map *kernel);

/** states_take_change() - the same for a change by another program: the table may differ */
void states_take_change(struct daemon_map *map, struct mp_kernel_map *kernel);

/**
 * states_log() - log a change of a path's state; @old: the previous one; @message: of its checker,
 * or ""
 */
void states_log(const struct daemon_path *path, enum mp_path_state old, const char *message);
