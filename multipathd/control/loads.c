/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/loads.h"

#include "multipathd/jobs/tables.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

/* Every path of a loaded table is proven, but the load may wait a long time for I/O in progress. */
static bool loads_may_use(const struct daemon_map *map, dev_t devt)
{
	const struct daemon_path *path = paths_find_devt(map->inventory, devt);

	return path && path->path.map == &map->map && mp_path_is_proven(&path->path);
}

void loads_check(struct daemon_map *map)
{
	const struct mp_table *table = map->loading ? &map->loading->table : NULL;

	for (size_t g = 0; table && g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			if (!loads_may_use(map, table->groups[g].paths[p].devt))
				tables_call_off(map->loading);
}

void loads_doubt(struct daemon_path *path)
{
	mp_path_doubt(&path->path);
	if (path->path.map)
		loads_check(daemon_map_of(path->path.map));
}
