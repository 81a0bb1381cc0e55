/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tuning.h - have the kernel keep a map's paths by the configured timeouts and limits.  For: the
 * daemon's loop.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;
struct daemon_path;

/**
 * tuning_start() - before the map's table is looked at: write for its paths what has not been
 * written yet
 *
 * Return: true if it is under way; the map is touched when it is done, or takes too long.
 */
bool tuning_start(struct daemon_map *map);

/**
 * tuning_repeat() - the path is back: what could not be written while it was gone is tried again
 */
void tuning_repeat(struct daemon_path *path);

/** tuning_forget() - the configuration was read again: what sysfs shows is looked at again */
void tuning_forget(struct daemon_path *path);
