/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reactions.h - what gmultipath does on its own to a map of its own: when the last good path fails,
 * when a path leads to another LUN, or its disk is gone.  For: geoms.
 *
 * The engine does it on a worker, on the lane of the map's table, one after the other. Only the
 * daemon mends (state/duties.h).
 */
#pragma once

struct daemon_map;

/** reactions_on_states() - paths of the map have failed or returned */
void reactions_on_states(struct daemon_map *map);

/** reactions_on_touched() - something about its paths has changed */
void reactions_on_touched(struct daemon_map *map);
