/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geom_paths.h - paths in maps managed by gmultipath: which LUN each led to when it was added, and
 * which were failed by hand.  For: geoms.
 */
#pragma once
#include <stdbool.h>

#include "model/path.h"

struct daemon_map;
struct daemon_path;
struct mp_path;
struct mp_geom_facts;

struct geom_path_verdict {
	char wwid[MP_WWID_SIZE]; /* "": not known */
	bool wrong_lun; /* the path leads to another LUN now */
};

/**
 * geom_paths_judge() - the WWID that the path had when it was added to the map: as recorded, else
 * as of its scan. It is the one that the device reports; udev's depends on the configuration.
 */
void geom_paths_judge(const struct daemon_path *path, const char *map_wwid,
		      const struct mp_geom_facts *facts, struct geom_path_verdict *ret);

/**
 * geom_paths_join() - the path has been added to the map: it is not restored before a look has read
 * which LUN it leads to
 */
void geom_paths_join(struct daemon_map *map, struct daemon_path *path);

/** geom_paths_take() - what a look has read with the map's table says about its paths */
void geom_paths_take(struct daemon_map *map);

/** geom_paths_leave() - the map's table does not have the path any more */
void geom_paths_leave(struct mp_path *path);

/**
 * geom_paths_has_wrong_lun() - Return: true if the path leads to another LUN than when it was added
 * to its gmultipath map
 */
bool geom_paths_has_wrong_lun(const struct daemon_path *path);
