/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* loads.h - loads of tables that are under way.  For: the daemon's control. */
#pragma once

struct daemon_map;
struct daemon_path;

/**
 * loads_check() - what a path of the map was is not known any more, or it is gone: a load of it
 * that still waits is called off
 */
void loads_check(struct daemon_map *map);

/**
 * loads_doubt() - its identity is in doubt (mp_path_doubt()); a load
 * that counts on it is called off
 */
void loads_doubt(struct daemon_path *path);
