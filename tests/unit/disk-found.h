/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * disk-found.h - a disk that is found, and the path that it may be, of a recorded daemon.  For:
 * tests of what becomes of disks.
 */
#pragma once
#include "jobs-recorded.h"
#include "multipathd/control/discovery.h"

#define ONE_PATH "0 0 1 1 round-robin 0 1 1 8:0 1"

/* sda as it is found; there is a map "w" of sda and sdb. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *path;
	struct mp_identity identity;
	struct discovered found;
};

static inline void world_init(struct world *world, const char *config)
{
	recorded_init(&world->made, config);
	world->map = made_map(&world->made, "w");
	world->path = recorded_path(&world->made, 'a', world->map);
	recorded_path(&world->made, 'b', world->map);
	recorded_table(world->map, "mpatha", ONE_PATH);
	world->identity = world->path->path.identity;
	world->found = (struct discovered){ .identity = &world->identity, .dir = "" };
}

static inline void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)
