/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/shown.h"

#include <stdlib.h>

#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

bool shown_has_foreign(const struct inventory *inventory)
{
	return inventory->options.all_foreign || inventory->process->lists_nvme;
}

const struct mp_path **shown_paths(const struct inventory *inventory, size_t *count)
{
	const struct mp_path **paths = calloc(inventory->path_count + 1, sizeof(*paths));
	const struct mp_path *path;

	*count = 0;
	if (!paths)
		return NULL;
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		paths[(*count)++] = path;
	return paths;
}

const struct mp_map **shown_maps(const struct inventory *inventory, size_t *count)
{
	const struct mp_map **maps = calloc(inventory->map_count + 1, sizeof(*maps));
	const struct mp_map *map;

	*count = 0;
	if (!maps)
		return NULL;
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (map->kernel.exists)
			maps[(*count)++] = map;
	return maps;
}
