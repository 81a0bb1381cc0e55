/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * duties.h - what the owner of an inventory does when something happens.  For: the daemon's rooms.
 *
 * A constant row that the owner hands to inventory_init(). The daemon's is full
 * (control/duties.h); multipath(8) without a daemon and a rehearsal have none of these duties: they
 * process everything once. A member that is NULL is not called.
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
	/* the map's settings were resolved, initially or after a reconfigure */
	void (*on_settings)(struct daemon_map *map);
	/* a checker reports the path as good. Return: the state that it gets */
	enum mp_path_state (*on_good)(struct daemon_path *path, enum mp_path_state answer);
	/* the kernel stopped using the path after I/O errors */
	void (*on_failed)(struct daemon_path *path);
	/* states or priorities of its paths changed; only for a map that exists */
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
	/* udev is retriggered for a path without properties before the device itself is asked */
	bool retriggers;
	/* restore paths of maps managed by gmultipath, and add paths and maps by label */
	bool mends_geoms;
};
