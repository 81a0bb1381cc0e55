/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/geoms.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "config/geom_notes.h"
#include "multipathd/control/geom_paths.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/reactions.h"
#include "multipathd/control/settings.h"
#include "multipathd/jobs/files.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

void geoms_take_notes(struct daemon *daemon, struct mp_strbuf *notes, int error)
{
	struct inventory *inventory = &daemon->inventory;

	if (error < 0)
		log_error("%s/" MP_GEOM_NOTES_FILE ": %s", files_dir(daemon), strerror(-error));
	mp_strbuf_fini(&inventory->geom_notes);
	inventory->geom_notes = *notes;
	*notes = (struct mp_strbuf)MP_STRBUF_INIT;
	inventory->geom_notes_incomplete = error < 0;
	inventory->geom_notes_version++;
}

void geoms_read_again(struct daemon *daemon)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		daemon_map_of(map)->read_again |= daemon_map_of(map)->kind == &geoms_kind;
}

static void geoms_on_table(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	const struct mp_table *table = &map->map.kernel.table;
	struct mp_path *path, *next;

	if (!map->by_table) {
		map->by_table = true;
		inventory->by_table_count++;
	}
	map->named = true;
	cds_list_for_each_entry_safe(path, next, &map->map.paths, in_map)
		if (!mp_table_find(table, path->identity.devt))
			geom_paths_leave(path);
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			struct daemon_path *member =
				paths_find_devt(inventory, table->groups[g].paths[p].devt);
			struct mp_map *former = member ? member->path.map : NULL;

			if (!member || former == &map->map)
				continue;
			mp_map_add_path(&map->map, &member->path);
			if (!map->map.kernel.geom)
				geom_paths_join(map, member);
			settings_resolve(map);
			if (former)
				maps_touch(daemon_map_of(former),
					   "gmultipath uses one of its paths");
		}
	geom_paths_take(map);
	mp_map_update_groups(&map->map);
}

static void geoms_on_states(struct daemon_map *map, bool io_failed)
{
	map->io_failed |= io_failed;
	reactions_on_states(map);
}

static void geoms_on_gone(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	_cleanup_free_ uint64_t *ids = NULL;
	struct mp_path *path;
	size_t count = 0, n = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	ids = calloc(count + 1, sizeof(*ids));
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (ids)
			ids[n++] = path->id;
	membership_forget(map);
	while (n--) {
		struct daemon_path *left = paths_find_id(inventory, ids[n]);

		if (left && !left->path.map)
			geom_paths_leave(&left->path);
	}
}

static void geoms_on_touched(struct daemon_map *map)
{
	daemon_answer(map, "ok\n");
	if (!map->map.kernel.exists)
		geoms_on_gone(map);
	else
		reactions_on_touched(map);
}

const struct map_kind geoms_kind = {
	.paths_by_table = true,
	.queues_only_watched = true,
	.failed_paths_rest = true,
	.on_table = geoms_on_table,
	.on_joined = geom_paths_join,
	.on_states = geoms_on_states,
	.on_touched = geoms_on_touched,
	.on_gone = geoms_on_gone,
};
