/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair-proven.h - a map of two proven paths, of a recorded daemon.  For: tests of when checks run
 * and what they ask.
 */
#pragma once
#include "jobs-recorded.h"

/* A map of sda and sdb, which were proven ten seconds ago. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b;
	struct mp_process_settings process; /* for tests that change them */
};

static inline void world_init(struct world *world)
{
	struct daemon_path **paths[] = { &world->a, &world->b };

	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	for (unsigned i = 0; i < ARRAY_SIZE(paths); i++) {
		struct daemon_path *path = recorded_path(&world->made, 'a' + i, world->map);

		path->proven_usec = recorded.now_usec - 10000000;
		path->path.identity.tpg = 1;
		path->settings.prio_args = "";
		*paths[i] = path;
	}
}

static inline void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)
