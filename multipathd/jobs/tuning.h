/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tuning.h - sets the configured timeouts and limits of a map's paths in sysfs.  For: the
 * daemon's loop.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;
struct daemon_path;

/**
 * tuning_start() - before the map's table is planned: write the settings of its paths that have not
 * been written yet
 *
 * Return: true if writes are in progress; the map is touched when they are done or take too long.
 */
bool tuning_start(struct daemon_map *map);

/**
 * tuning_repeat() - the path is back: retry what could not be written while it was gone
 */
void tuning_repeat(struct daemon_path *path);

/** tuning_forget() - the configuration was read again: compare with sysfs again */
void tuning_forget(struct daemon_path *path);
