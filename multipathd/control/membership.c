/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/membership.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/leftovers.h"
#include "multipathd/control/settings.h"
#include "multipathd/control/states.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

void membership_forget(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;

	daemon_answer(map, "fail\n");
	maps_free(map);
	paths_let_go(inventory);
}

/*
 * Paths left from an earlier map of this WWID that was removed: they are added with a new path, or
 * to a map created by another program.
 */
static void map_take_orphans(struct daemon_map *map)
{
	struct daemon_path *path;

	while ((path = paths_find_orphan(map->inventory, map->map.wwid)))
		mp_map_add_path(&map->map, &path->path);
}

/* NULL: none. @claim: of the path's device to it */
static struct daemon_map *membership_find_candidate(const struct daemon_path *path,
						    enum claim *claim)
{
	struct inventory *inventory = path->inventory;
	const struct daemon_map *own = maps_find_wwid(inventory, path->path.identity.wwid);
	const struct mp_map *map = path->path.map;
	dev_t devt = path->path.identity.devt;

	if (own && mp_map_holds(&own->map, devt))
		return NULL;
	if (!map || !strcmp(map->wwid, path->path.identity.wwid) || !mp_map_holds(map, devt))
		map = maps_find_holder(inventory, own ? &own->map : NULL, devt);
	/* Users of its partitions are not counted, but keep it from being removed. */
	if (!map || (map->kernel.open_count <= 0 && !daemon_map_of(map)->removal_tried) ||
	    daemon_map_of(map)->kind->paths_by_table)
		return NULL;
	*claim = claims_of_device(daemon_map_of(map), devt);
	return *claim == CLAIM_LOST ? NULL : daemon_map_of(map);
}

struct daemon_map *membership_find_user(const struct daemon_path *path)
{
	enum claim claim;
	struct daemon_map *map = membership_find_candidate(path, &claim);

	return map && claim != CLAIM_UNREAD ? map : NULL;
}

struct membership membership_choose(const struct daemon_path *path)
{
	struct inventory *inventory = path->inventory;
	struct membership choice = { .rule = MEMBERSHIP_BY_TABLE };
	enum claim claim;

	choice.map = maps_find_by_table(inventory, path->path.identity.devt);
	if (!choice.map) {
		choice.rule = MEMBERSHIP_BY_USERS;
		choice.map = membership_find_candidate(path, &claim);
		if (choice.map && claim == CLAIM_UNREAD)
			choice.unread = TAKE_PTR(choice.map);
	}
	if (!choice.map) {
		choice.rule = MEMBERSHIP_BY_WWID;
		choice.map = maps_find_wwid(inventory, path->path.identity.wwid);
	}
	return choice;
}

/* In memory, and empty except for orphans. */
static int membership_make(struct daemon_path *path, struct daemon_map **ret)
{
	struct inventory *inventory = path->inventory;
	int r = maps_new(inventory, path->path.identity.wwid, ret);

	if (r >= 0 && inventory->daemon->state == DAEMON_IDLE)
		map_take_orphans(*ret);
	return r;
}

/* Then it may get a path back. */
static void membership_await_disks(struct daemon_map *map)
{
	map->disks.wanted = true;
	claims_ask(map);
}

int membership_join(struct daemon_path *path, bool by_operator)
{
	const struct membership choice = membership_choose(path);
	struct daemon_map *map = choice.map;
	struct mp_map *old = path->path.map;
	int r;

	if (choice.unread)
		membership_await_disks(choice.unread);
	if (choice.rule == MEMBERSHIP_BY_USERS)
		log_warning(
			"%s: the configuration gives it WWID %s, but map %s of the same LUN is in use: the path stays in that map",
			mp_path_name(&path->path), path->path.identity.wwid, map->map.name);
	if (!map) {
		r = membership_make(path, &map);
		if (r < 0)
			return r;
	}
	if (by_operator)
		map->keep_uncreated = false;
	map->emptied = false;
	if (path->path.map == &map->map)
		return 0;
	if (path->path.map)
		maps_forget_strange(path->inventory);
	maps_on_leaving(&path->path);
	mp_map_add_path(&map->map, &path->path);
	if (choice.rule == MEMBERSHIP_BY_TABLE)
		map->kind->on_joined(map, path);
	settings_resolve(map);
	if (old && !old->kernel.exists && !maps_has_paths(daemon_map_of(old)))
		maps_touch(daemon_map_of(old), "its last path is in another map");
	if (map->map.kernel.exists && map->map.kernel.table.size_sectors)
		log_info("%s: %s [%u:%u] found", map->map.name, mp_path_name(&path->path),
			 major(path->path.identity.devt), minor(path->path.identity.devt));
	if (path->answered)
		maps_touch(map, "path added");
	return 0;
}

void membership_start_over(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	char wwid[MP_WWID_SIZE];
	struct daemon_path *path;
	int r = 0;

	memcpy(wwid, map->map.wwid, sizeof(wwid));
	membership_forget(map);
	while (r == 0 && (path = paths_find_orphan(inventory, wwid))) {
		r = membership_join(path, false);
		if (r < 0)
			log_error("%s: cannot add path to its map: out of memory",
				  mp_path_name(&path->path));
	}
}

void membership_free_all(struct daemon *daemon)
{
	struct mp_map *map, *next;

	cds_list_for_each_entry_safe(map, next, &daemon->inventory.maps, in_all)
		membership_forget(daemon_map_of(map));
}

static void membership_take_back_disk(struct daemon_map *map, dev_t devt)
{
	struct daemon_path *path = paths_find_devt(map->inventory, devt);
	enum claim claim;

	if (!path || path->path.map == &map->map || path->path.init != MP_INIT_OK ||
	    membership_find_candidate(path, &claim) != map)
		return;
	if (claim == CLAIM_UNREAD)
		membership_await_disks(map);
	else if (membership_join(path, false) < 0)
		log_error("%s: cannot add path to its map: out of memory",
			  mp_path_name(&path->path));
}

void membership_take_back(struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			membership_take_back_disk(map, table->groups[g].paths[p].devt);
}

int membership_adopt(struct daemon *daemon, const char *wwid, struct mp_kernel_map *kernel,
		     bool not_ready)
{
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, wwid);
	int r;

	if (!map) {
		r = maps_new(&daemon->inventory, wwid, &map);
		if (r < 0)
			return r;
	}
	if (!map->map.kernel.exists) {
		if (!daemon->serving && (kernel->suspended || kernel->inactive_table))
			leftovers_found(daemon, wwid,
					kernel->suspended && kernel->inactive_table ?
						LEFTOVER_LOADING :
						LEFTOVER_SUSPENDED);
		if (daemon->state == DAEMON_IDLE)
			map_take_orphans(map);
		log_info("%s: map %s found (dm-%u)", wwid, kernel->name, kernel->minor);
		maps_rename(map, kernel->name);
		map->named = false; /* its configured name may differ */
		map->map.ready = true;
		map->keep_uncreated = false;
		map->not_ready_in_udev = not_ready;
	}
	states_replace(map, kernel);
	map->kind->on_table(map);
	map->kind->on_states(map, false);
	maps_touch(map, "map found in the kernel");
	return 0;
}

void membership_gone(struct daemon_map *map)
{
	if (!map->map.kernel.exists)
		return;
	log_notice("%s: map was removed", map->map.name);
	mp_dm_map_fini(&map->map.kernel);
	map->map.kernel = (struct mp_kernel_map){ 0 };
	if (map->busy) {
		/* The running operation will report what is left. */
		maps_touch(map, "map was removed");
		return;
	}
	map->kind->on_gone(map);
}
