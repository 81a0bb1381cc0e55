/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* map.h - one LUN, as the sum of its paths.  For: every room. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <urcu/list.h>

#include "base/hash.h"
#include "model/path.h"
#include "model/queueing.h"
#include "model/settings.h"
#include "model/table.h"

/* What was last done to a map, as the topology's first word. */
enum mp_map_action {
	MP_ACTION_NONE,
	MP_ACTION_REJECT,
	MP_ACTION_RENAME,
	MP_ACTION_RELOAD,
	MP_ACTION_CREATE,
	MP_ACTION_SWITCH,
	MP_ACTION_DRY_RUN, /* shown as an empty word, ": " */
};

struct mp_map_stats {
	unsigned path_faults; /* %0 */
	unsigned switches; /* %1 */
	unsigned loads; /* %2 */
	unsigned queue_sec; /* %3 */
	unsigned queue_timeouts; /* %4 */
	unsigned failures; /* %x */
};

/* Groups as the administrator sees them: kernel's order, with the model's priorities. */
struct mp_group {
	const char *selector;
	int priority;
	enum mp_group_state state;
	bool marginal;
	struct mp_path **paths; /* borrowed; devices unknown to us are left out */
	size_t path_count;
};

/* The kernel's device, if it exists. */
struct mp_kernel_map {
	bool exists;
	char name[128];
	unsigned minor;
	dev_t devt;
	uint32_t event_nr;
	bool suspended;
	bool read_only;
	bool other_target; /* has our UUID but not one multipath target */
	/*
	 * and no table in force at all: left by a killed process, or being created at this moment
	 */
	bool half_made;
	bool inactive_table; /* one that was loaded and not taken */
	bool stacked; /* the paths are in a map below it (model/geom.h), whose table this is */
	bool split; /* and reads go to another one */
	int open_count;
	bool removal_deferred; /* it goes when its last user does */
	unsigned max_sectors_kb; /* of its queue, 0 unknown */
	struct mp_table table; /* table with its last status */
	struct mp_geom_facts *geom; /* of a gmultipath map, if they were read with it; owned */
};

struct mp_map {
	char wwid[MP_WWID_SIZE];
	char *name; /* wanted name: alias, or the WWID */
	/* all paths of this WWID that may be in it, by struct mp_path.in_map, borrowed */
	struct cds_list_head paths;
	struct mp_map_settings settings;
	struct mp_kernel_map kernel;

	struct mp_group *groups; /* mp_map_update_groups() */
	size_t group_count;
	unsigned best_group; /* from 1; 0 none */

	struct mp_queueing queueing;
	uint64_t failback_usec; /* CLOCK_MONOTONIC when a deferred failback runs; 0 none */
	unsigned failback_sec; /* what it was set to */
	enum mp_map_action action;
	struct mp_map_stats stats;
	bool ready; /* udev finished its creation event */

	struct cds_list_head in_all;
	struct mp_hash_node by_wwid, by_name;
};

/**
 * mp_map_init() - a map that the kernel does not know yet, embedded in an object of its owner
 * @name:	alias, or the WWID
 *
 * Return: 0, -ENOMEM, -ENAMETOOLONG.
 */
int mp_map_init(struct mp_map *map, const char *wwid, const char *name);

/**
 * mp_map_fini() - its paths become orphans, it leaves the list of all maps; hash tables are the
 * owner's
 */
void mp_map_fini(struct mp_map *map);

/** mp_map_set_name() - Return: 0 or -ENOMEM */
int mp_map_set_name(struct mp_map *map, const char *name);

/**
 * mp_map_add_path() - @path leaves its former map; the list is kept in the order of device numbers
 */
void mp_map_add_path(struct mp_map *map, struct mp_path *path);

/** mp_map_remove_path() - @path becomes an orphan */
void mp_map_remove_path(struct mp_path *path);

/**
 * mp_map_update_groups() - rebuild @map->groups from the kernel's table (wanted table if there is
 * none) and the paths
 *
 * Sets each path's dm_state and dm_failures from the table's status, group priorities (average of
 * the active paths' defined priorities), and best_group.
 * Return: 0 or -ENOMEM (groups unchanged).
 */
int mp_map_update_groups(struct mp_map *map);

/**
 * mp_map_leaves_out() - a path of the map that is down or offline, and that the kernel's table
 * lacks: a load makes all paths of the table active, so it leaves out those that could not be
 * verified
 *
 * Return: false also if the kernel does not have the map, or @path is not known to be down.
 */
bool mp_map_leaves_out(const struct mp_map *map, const struct mp_path *path);

/**
 * mp_map_group_left_out() - the paths that mp_map_leaves_out(), as a last group for listings, which
 * the kernel does not have
 * @ret:	without paths if there are none; @ret->paths is the caller's to free
 *
 * Return: 0 or -ENOMEM.
 */
int mp_map_group_left_out(const struct mp_map *map, struct mp_group *ret);

/**
 * mp_map_active_paths() - number of paths that are up or ghost and in the kernel's table (all, if
 * there is none)
 */
unsigned mp_map_active_paths(const struct mp_map *map);

/** mp_map_holds() - true if the device is in the kernel's table */
static inline bool mp_map_holds(const struct mp_map *map, dev_t devt)
{
	return map->kernel.exists && mp_table_find(&map->kernel.table, devt);
}

/**
 * mp_map_has_strangers() - the kernel's table has a device that is not one of @map->paths, as of
 * the last update of groups
 */
bool mp_map_has_strangers(const struct mp_map *map);

/**
 * mp_path_map() - the map that has or is to have the path; NULL: orphan, also while its LUN's map
 * is not wanted
 */
static inline const struct mp_map *mp_path_map(const struct mp_path *path)
{
	return path->map && (path->map->kernel.exists || path->map->kernel.table.group_count) ?
		       path->map :
		       NULL;
}

/** mp_map_first_path() - first path with vendor and product, else the first path, else NULL */
const struct mp_path *mp_map_first_path(const struct mp_map *map);
