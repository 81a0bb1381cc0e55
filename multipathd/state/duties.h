/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * duties.h - what the owner of an inventory does about it as time passes.  For: the daemon's rooms.
 *
 * A constant row that the owner hands to inventory_init(). The daemon's is full
 * (control/duties.h); multipath(8) without a daemon and a rehearsal have none of these duties: they
 * look at everything once. A member that is NULL is not called.
 */
#pragma once
#include <stdbool.h>

#include "model/state.h"

struct daemon_map;
struct daemon_path;

/* What happened to paths of a map. */
struct path_news {
	bool came_up, failed; /* one or more did */
	const struct daemon_path *which; /* NULL: not known */
};

struct duties {
	/* the map's settings were resolved, from its first configuration or another one */
	void (*on_settings)(struct daemon_map *map);
	/* a checker reports the path as good. Return: the state that it gets */
	enum mp_path_state (*on_good)(struct daemon_path *path, enum mp_path_state answer);
	/* I/O errors made the kernel stop using the path */
	void (*on_failed)(struct daemon_path *path);
	/* states or priorities of its paths changed; only of a map that exists */
	void (*on_states)(struct daemon_map *map, const struct path_news *news);
	/* the same, when it is also known which path group is in use */
	void (*on_groups)(struct daemon_map *map, const struct path_news *news);

	bool delays_ghosts; /* control/ghosts.h */
	/*
	 * The wwids file is read again before a map is created or not created because of it, and
	 * records maps that other programs created.
	 */
	bool follows_wwids;
	bool owns_nodes; /* mode and owner of a map's node are set after each reconciliation */
	/* a path without udev properties gets another event before its device is asked itself */
	bool retriggers;
	/* maps managed by gmultipath get their paths back, and new ones by their labels */
	bool mends_geoms;
};
