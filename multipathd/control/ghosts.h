/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ghosts.h - ghost_delay: udev must not probe a new map that cannot be read before a controller
 * switch. For: the daemon's control.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;

/** ghosts_delay() - Return: true if the delay must start or is running */
bool ghosts_delay(const struct daemon_map *map);
void ghosts_begin(struct daemon_map *map);

/** ghosts_note_states() - end the delay if a path is up */
void ghosts_note_states(struct daemon_map *map);
