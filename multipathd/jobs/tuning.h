/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tuning.h - sets the configured timeouts and limits of a map's paths in sysfs.  For: the
 * daemon's loop.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct daemon_path;

/* A path's writes are done or take too long; @map: of its writes none is left, NULL: some are. */
typedef void (*tuning_ended_fn)(struct daemon *daemon, struct daemon_map *map);

/**
 * tuning_start() - before the map's table is planned: write the settings of its paths that have not
 * been written yet
 *
 * Return: true if writes are in progress; @ended is called for each path.
 */
bool tuning_start(struct daemon_map *map, tuning_ended_fn ended);

/**
 * tuning_repeat() - the path is back. Return: true if something could not be written while it was
 * gone: the next tuning_start() of its map retries it
 */
bool tuning_repeat(struct daemon_path *path);

/** tuning_forget() - the configuration was read again: compare with sysfs again */
void tuning_forget(struct daemon_path *path);
