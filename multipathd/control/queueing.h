/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * queueing.h - whether a map without a usable path queues I/O.  For: the daemon's control and
 * commands.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/queueing.h"

struct daemon;
struct daemon_map;

/* What follows from a map's paths, settings and the time for its queueing. */
struct queueing_verdict {
	bool applies; /* false: not decided by the daemon; the rest is unset */
	struct mp_queueing queueing; /* the map's new value */
	struct mp_queueing_effect effect;
};

/** queueing_judge() - @now_usec: CLOCK_MONOTONIC; changes nothing */
struct queueing_verdict queueing_judge(const struct daemon_map *map, uint64_t now_usec);

/**
 * queueing_step() - judge again and act: path states, settings or the time have changed
 */
void queueing_step(struct daemon_map *map);

/**
 * queueing_shutdown() - the system shuts down: from now on a map without a usable path queues for
 * a limited time only; false: it does not, or no longer
 */
void queueing_shutdown(struct daemon *daemon, bool shutdown);

/** queueing_awaits_paths() - Return: true if a map without a usable path queues for a limited time
 */
bool queueing_awaits_paths(struct daemon *daemon);

/** queueing_disable(), queueing_restore() - for the commands */
void queueing_disable(struct daemon_map *map);
void queueing_restore(struct daemon_map *map);

/**
 * queueing_fail_at_exit() - send fail_if_no_path to every map. May block briefly: the loop has
 * ended.
 * @geoms_only:	for queue_without_daemon: only maps managed by gmultipath, whose paths are not
 * restored without the daemon
 */
void queueing_fail_at_exit(struct daemon *daemon, bool geoms_only);
