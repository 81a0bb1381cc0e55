/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/claims.h"

#include <ctype.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "config/claim.h"
#include "config/filter.h"
#include "config/geom_notes.h"
#include "config/trace.h"
#include "gmultipath/taste.h"
#include "kernel/disk.h"
#include "kernel/probe.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

bool claims_by_label(const struct inventory *inventory, dev_t devt)
{
	char wwid[MP_WWID_SIZE];

	if (!mp_geom_notes_has(&inventory->geom_notes, "known"))
		return false;
	taste_wwid(devt, wwid, sizeof(wwid));
	return mp_geom_notes_claim(&inventory->geom_notes, wwid);
}

bool claims_allow(const struct daemon_map *map, const char **reason, struct mp_trace *trace)
{
	struct inventory *inventory = map->inventory;
	struct mp_allow_input input = {
		.mode = inventory->process->find_multipaths,
		.map_known = map->map.kernel.exists ||
			     (inventory->options.only_wwid &&
			      !strcmp(inventory->options.only_wwid, map->map.wwid)),
		.kernel_has_it = map->map.kernel.exists,
		.wwid_known = mp_wwids_has(inventory->wwids, map->map.wwid),
	};
	const struct mp_path *path;

	if (mp_filter_trace_wwid(inventory->config, map->map.wwid, trace).blacklisted) {
		*reason = "its WWID is blacklisted";
		return false;
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		input.paths += path->init == MP_INIT_OK;
		input.labeled |= !map->map.kernel.exists &&
				 claims_by_label(inventory, path->identity.devt);
	}
	if (map->forced) {
		*reason = "the operator asked for it";
		mp_trace_add(trace, "operator", true, "asked for it");
		return true;
	}
	return mp_claim_trace_map(&input, reason, trace);
}

bool claims_is_coming(const struct daemon_map *map)
{
	const char *why;

	return !map->map.kernel.exists && maps_has_paths(map) && !map->keep_uncreated &&
	       claims_allow(map, &why, NULL);
}

static bool has_value(const struct mp_props *props, const char *value)
{
	for (size_t i = 0; i < props->count; i++)
		if (!strcmp(props->items[i].value, value))
			return true;
	return false;
}

enum claim claims_of_device(const struct inventory *inventory, dev_t devt, const char *wwid)
{
	_cleanup_disk_ struct mp_disk disk = MP_DISK_INIT;
	bool by_scsi = isdigit((unsigned char)wwid[0]) && wwid[1] != 'x';
	int named;

	if (mp_disk_locate(&disk, &mp_roots_system, devt) < 0 ||
	    mp_disk_identify(&disk, &mp_roots_system, NULL) < 0)
		return CLAIM_LOST;
	named = mp_probe_page_names(&mp_roots_system, disk.identity.protocol, disk.dir, wwid);
	mp_disk_read_props(&disk, &mp_roots_system, true);
	/* sysfs or udev's database may be from before the LUN was remapped. */
	if ((named == 0 && by_scsi) || (disk.known ? !has_value(disk.known, wwid) : named <= 0))
		return CLAIM_LOST;
	if (paths_find_devt(inventory, devt))
		return CLAIM_DISOWNED;
	mp_disk_find_settings(&disk, inventory->config);
	mp_disk_find_wwid(&disk, &mp_roots_system, true);
	return mp_disk_filter(&disk, inventory->config).blacklisted ? CLAIM_DISOWNED :
								      CLAIM_AWAITED;
}

enum claim claims_of_map(const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;
	enum claim best = CLAIM_LOST;

	if (!map->map.kernel.exists || map->emptied || maps_has_paths(map))
		return best;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			enum claim claim = claims_of_device(map->inventory,
							    table->groups[g].paths[p].devt,
							    map->map.wwid);

			if (claim == CLAIM_AWAITED)
				return claim;
			if (claim > best)
				best = claim;
		}
	return best;
}

bool claims_leave_alone(const struct daemon_map *map)
{
	const char *why;

	return map->map.kernel.exists &&
	       (!claims_allow(map, &why, NULL) || claims_of_map(map) != CLAIM_LOST);
}
