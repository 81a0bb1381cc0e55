/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ghosts.h - ghost_delay: a new map that can only be read after a switch of controllers, which udev
 * is not to look at yet.  For: the daemon's control.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;

/** ghosts_delay() - is it to begin, or does it run? */
bool ghosts_delay(const struct daemon_map *map);
void ghosts_begin(struct daemon_map *map);

/** ghosts_note_states() - it ends when a path is up */
void ghosts_note_states(struct daemon_map *map);
