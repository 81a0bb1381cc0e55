/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geom_paths.h - paths in maps managed by gmultipath: which LUN each led to when it was added, and
 * which were failed by hand.  For: geoms.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;
struct daemon_path;
struct mp_path;

/** geom_paths_join() - the path has been added to the map: note its WWID */
void geom_paths_join(struct daemon_map *map, struct daemon_path *path);

/** geom_paths_take_notes() - what gmultipath has noted on the map's paths */
void geom_paths_take_notes(struct daemon_map *map);

/** geom_paths_leave() - the map's table does not have the path any more */
void geom_paths_leave(struct mp_path *path);

/**
 * geom_paths_has_wrong_lun() - Return: true if the path leads to another LUN than when it was added
 * to its gmultipath map
 */
bool geom_paths_has_wrong_lun(const struct daemon_path *path);
