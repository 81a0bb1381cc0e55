/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/list_verbs.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "gmultipath/call.h"
#include "gmultipath/engine.h"
#include "gmultipath/geomlist.h"
#include "kernel/dm.h"
#include "kernel/sysfs.h"

/* Return: number of maps to show, negative errno */
static int choose_geoms(struct call *call, const struct mp_geom ***ret)
{
	size_t count = call->count ? call->count : call->engine->count;
	_cleanup_free_ const struct mp_geom **geoms = calloc(count + 1, sizeof(*geoms));

	if (!geoms)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		geoms[i] = call->count ? engine_find(call->engine, call->arguments[i]) :
					 &call->engine->geoms[i];
		if (!geoms[i])
			return engine_error(call->engine, -ENODEV, "%s: no such map",
					    call->arguments[i]);
	}
	*ret = TAKE_PTR(geoms);
	return count;
}

/* From sysfs: opening a disk blocks while its host recovers from errors. */
static void ask_disk(dev_t devt, struct geomlist_disk *ret)
{
	static const char *const queues[] = { "queue/logical_block_size",
					      "../queue/logical_block_size" };
	uint64_t sectors, sector_bytes;
	char dir[64];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	if (mp_sysfs_read_number(dir, "", "size", &sectors) < 0)
		return;
	ret->media_bytes = sectors * 512;
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++)
		if (mp_sysfs_read_number(dir, "", queues[i], &sector_bytes) == 0) {
			ret->sector_bytes = sector_bytes;
			return;
		}
}

int list_verb_list(struct call *call)
{
	_cleanup_free_ const struct mp_geom **geoms = NULL;
	int count = choose_geoms(call, &geoms);

	for (int i = 0; i < count; i++) {
		struct geomlist_disk map = { 0 }, disks[MP_GEOM_PATHS] = { 0 };

		map.media_bytes = geoms[i]->size_sectors * 512;
		map.sector_bytes = 512;
		map.open_count = mp_dm_open_count(geoms[i]->wwid);
		if (map.open_count < 0)
			map.open_count = 0;
		for (size_t p = 0; p < geoms[i]->count; p++) {
			if (geoms[i]->paths[p].lost)
				continue;
			ask_disk(geoms[i]->paths[p].devt, &disks[p]);
			if (disks[p].sector_bytes)
				map.sector_bytes = disks[p].sector_bytes;
		}
		geomlist_list(geoms[i], &map, disks, &call->engine->out);
	}
	return count < 0 ? count : 0;
}

int list_verb_status(struct call *call)
{
	_cleanup_free_ const struct mp_geom **geoms = NULL;
	const struct geomlist_options options = { .geoms = call_has_flag(call, 'g'),
						  .script = call_has_flag(call, 's') };
	int count = choose_geoms(call, &geoms);

	if (count > 0)
		geomlist_status(geoms, count, &options, &call->engine->out);
	return count < 0 ? count : 0;
}
