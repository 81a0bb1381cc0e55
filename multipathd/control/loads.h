/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loads.h - table loads in progress.  For: the daemon's control. */
#pragma once

struct daemon_map;
struct daemon_path;

/**
 * loads_check() - a path of the map is in doubt or gone: cancel a load that still waits
 */
void loads_check(struct daemon_map *map);

/**
 * loads_doubt() - the path's identity is in doubt (mp_path_doubt()): cancel a load that relies on
 * it
 */
void loads_doubt(struct daemon_path *path);
