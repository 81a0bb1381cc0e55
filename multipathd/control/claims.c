/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/claims.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "config/claim.h"
#include "config/filter.h"
#include "config/geom_notes.h"
#include "config/trace.h"
#include "kernel/disk.h"
#include "multipathd/jobs/holdings.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

bool claims_by_label(const struct inventory *inventory, const char *scanned)
{
	return scanned && mp_geom_notes_has(&inventory->geom_notes, "known") &&
	       mp_geom_notes_claim(&inventory->geom_notes, scanned);
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
				 claims_by_label(inventory, daemon_path_of(path)->scanned);
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

bool claims_leads(const char *wwid, int named, const struct mp_props *known)
{
	bool by_scsi = isdigit((unsigned char)wwid[0]) && wwid[1] != 'x';

	/* sysfs or udev's database may be from before the LUN was remapped. */
	return !(named == 0 && by_scsi) && (known ? mp_props_have_value(known, wwid) : named > 0);
}

enum claim claims_of_device(const struct daemon_map *map, dev_t devt)
{
	const struct map_disk *disk = maps_find_disk(map, devt);

	if (!disk)
		return CLAIM_UNREAD;
	if (!disk->leads)
		return CLAIM_LOST;
	return disk->rejected || paths_find_devt(map->inventory, devt) ? CLAIM_DISOWNED :
									 CLAIM_AWAITED;
}

/* The greatest one counts. */
static enum claim claims_find_best(const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;
	enum claim best = CLAIM_LOST;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			enum claim claim = claims_of_device(map, table->groups[g].paths[p].devt);

			if (claim > best)
				best = claim;
		}
	return best;
}

enum claim claims_of_map(const struct daemon_map *map)
{
	if (!map->map.kernel.exists || map->emptied || maps_has_paths(map))
		return CLAIM_LOST;
	return claims_find_best(map);
}

bool claims_leave_alone(const struct daemon_map *map)
{
	const char *why;

	return map->map.kernel.exists &&
	       (!claims_allow(map, &why, NULL) || claims_of_map(map) != CLAIM_LOST);
}

bool claims_are_unread(const struct daemon_map *map)
{
	if (!map->map.kernel.exists || !map->kind->managed)
		return false;
	return claims_of_map(map) == CLAIM_UNREAD ||
	       (map->disks.wanted && claims_find_best(map) == CLAIM_UNREAD);
}

void claims_ask(struct daemon_map *map)
{
	if (!map->disks.asked && !map->dirty)
		maps_touch(map, "the disks in its table must be read");
}

void claims_begin(struct daemon_map *map)
{
	map->disks.asked = true;
	map->disks.number = ++map->inventory->disk_readings;
	maps_set_disks(map, NULL, 0);
}

/* By the configuration, as discovery would judge it. */
static bool claims_is_rejected(struct mp_config *config, const struct mp_reading *reading)
{
	struct mp_disk disk = { .identity = reading->identity,
				.known = reading->has_props ? &reading->props : NULL };

	mp_disk_found(&disk, reading->devt, reading->name, reading->dir);
	mp_disk_find_settings(&disk, config);
	mp_reading_wwid(reading, &disk.identity, disk.settings.uid_attribute, true,
			disk.identity.wwid);
	return mp_disk_filter(&disk, config).blacklisted;
}

void claims_take(struct daemon_map *map, const struct holdings_job *job)
{
	bool counts = job->number == map->disks.number;
	struct map_disk *disks = counts ? calloc(job->count + 1, sizeof(*disks)) : NULL;

	for (size_t i = 0; disks && i < job->count; i++) {
		const struct holding *holding = &job->holdings[i];
		const struct mp_reading *reading = &holding->reading;

		disks[i].devt = holding->devt;
		disks[i].leads = reading->error >= 0 &&
				 claims_leads(map->map.wwid, holding->named,
					      reading->has_props ? &reading->props : NULL);
		disks[i].rejected = disks[i].leads &&
				    claims_is_rejected(map->inventory->config, reading);
	}
	map->disks.asked = false;
	map->disks.wanted &= !disks;
	maps_set_disks(map, disks, disks ? job->count : 0);
}

static void claims_forget_map(struct daemon_map *map)
{
	map->disks.number = 0;
	maps_set_disks(map, NULL, 0);
}

bool claims_await_paths(const struct daemon_map *map)
{
	bool by_serial = map->map.settings.grouping == MP_GROUPING_BY_SERIAL;
	bool by_label = !map->map.kernel.exists &&
			mp_geom_notes_has(&map->inventory->geom_notes, "known");
	const struct mp_path *path;

	if (!by_serial && !by_label)
		return false;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (!daemon_path_of(path)->was_read && (by_label || !*path->identity.serial))
			return true;
	return false;
}

bool claims_may_go_without(const struct daemon_map *map)
{
	return map->map.kernel.exists || !mp_geom_notes_has(&map->inventory->geom_notes, "known");
}

void claims_forget_disk(struct inventory *inventory, dev_t devt)
{
	struct daemon_path *path = paths_find_devt(inventory, devt);
	struct daemon_map *map, *next;

	if (path) {
		path->was_read = false;
		path->reading_number++;
	}

	cds_list_for_each_entry_safe(map, next, &inventory->disks_read, disks.in_read)
		if (maps_find_disk(map, devt) || mp_table_find(&map->map.kernel.table, devt))
			claims_forget_map(map);
}

void claims_forget_all(struct inventory *inventory)
{
	struct daemon_map *map, *next;

	cds_list_for_each_entry_safe(map, next, &inventory->disks_read, disks.in_read)
		claims_forget_map(map);
}
