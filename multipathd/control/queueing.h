/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * queueing.h - whether I/O waits while a map has no path.  For: the daemon's control and commands.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/queueing.h"

struct daemon;
struct daemon_map;

/* What a map's paths, its settings and the time make of its queueing. */
struct queueing_verdict {
	bool applies; /* false: not the daemon's to decide, and the rest is unset */
	struct mp_queueing queueing; /* the map's from now on */
	struct mp_queueing_effect effect;
};

/** queueing_judge() - @now_usec: CLOCK_MONOTONIC. Nothing is done. */
struct queueing_verdict queueing_judge(const struct daemon_map *map, uint64_t now_usec);

/** queueing_step() - judge again, and do it: states of its paths, its settings or the time changed
 */
void queueing_step(struct daemon_map *map);

/** queueing_disable(), queueing_restore() - as the commands */
void queueing_disable(struct daemon_map *map);
void queueing_restore(struct daemon_map *map);

/**
 * queueing_fail_at_exit() - fail_if_no_path to every map. Blocks shortly: the loop has ended.
 * @geoms_only:	queue_without_daemon: only gmultipath's, whose paths nobody restores without the
 *		daemon
 */
void queueing_fail_at_exit(struct daemon *daemon, bool geoms_only);
