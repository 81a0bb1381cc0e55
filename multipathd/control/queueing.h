/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * queueing.h - whether I/O waits while a map has no path.  For: the daemon's control and commands.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;

/** queueing_step() - states of its paths, or its settings, are others now */
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
