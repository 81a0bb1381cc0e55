/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/geom.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "model/map.h"

static const char spread_selector[] = "service-time 0";
static const char single_selector[] = "round-robin 0";
static const char queue_if_no_path[] = "queue_if_no_path";
static const char queue_mode[] = "queue_mode";

const char *mp_geom_wwid_label(const char *wwid)
{
	const size_t length = strlen(MP_GEOM_WWID_AUTOMATIC);

	return strncmp(wwid, MP_GEOM_WWID_AUTOMATIC, length) ? NULL : wwid + length;
}

bool mp_geom_is_wwid(const char *wwid)
{
	return mp_geom_wwid_label(wwid) ||
	       !strncmp(wwid, MP_GEOM_WWID_MANUAL, strlen(MP_GEOM_WWID_MANUAL));
}

const char *mp_geom_uuid(const struct mp_geom *geom)
{
	return mp_geom_wwid_label(geom->wwid);
}

const char *mp_geom_mode_name(enum mp_geom_mode mode)
{
	static const char *const names[] = { "Active/Passive", "Active/Active", "Active/Read" };

	return names[mode];
}

const char *mp_geom_state_name(enum mp_geom_state state)
{
	static const char *const names[] = { "BROKEN", "DEGRADED", "OPTIMAL" };

	return names[state];
}

bool mp_geom_is_good(const struct mp_geom *geom, size_t path)
{
	return !geom->paths[path].failed && !geom->paths[path].lost;
}

size_t mp_geom_good_count(const struct mp_geom *geom)
{
	size_t good = 0;

	for (size_t i = 0; i < geom->count; i++)
		good += mp_geom_is_good(geom, i);
	return good;
}

enum mp_geom_state mp_geom_state(const struct mp_geom *geom)
{
	size_t good = mp_geom_good_count(geom);

	return !good			       ? MP_GEOM_BROKEN :
	       good < geom->count || good == 1 ? MP_GEOM_DEGRADED :
						 MP_GEOM_OPTIMAL;
}

const char *mp_geom_path_state(const struct mp_geom *geom, size_t path)
{
	if (geom->paths[path].lost)
		return "LOST";
	if (geom->paths[path].failed)
		return "FAIL";
	if (geom->paths[path].joining)
		return "NEW";
	if (path == geom->active || geom->mode == MP_GEOM_ACTIVE_ACTIVE)
		return "ACTIVE";
	return geom->mode == MP_GEOM_ACTIVE_READ ? "READ" : "PASSIVE";
}

size_t mp_geom_next(const struct mp_geom *geom, size_t path)
{
	for (size_t i = 1; i <= geom->count; i++)
		if (mp_geom_is_good(geom, (path + i) % geom->count))
			return (path + i) % geom->count;
	return geom->count;
}

size_t mp_geom_find(const struct mp_geom *geom, dev_t devt)
{
	size_t i = 0;

	while (i < geom->count && geom->paths[i].devt != devt)
		i++;
	return i;
}

void mp_geom_choose_active(struct mp_geom *geom)
{
	if (geom->mode == MP_GEOM_ACTIVE_ACTIVE)
		geom->active = geom->count;
	else if (geom->active >= geom->count)
		geom->active = geom->count ? mp_geom_next(geom, geom->count - 1) : 0;
	else if (!mp_geom_is_good(geom, geom->active))
		geom->active = mp_geom_next(geom, geom->active);
}

void mp_geom_remove(struct mp_geom *geom, size_t path)
{
	size_t active = geom->active;

	memmove(&geom->paths[path], &geom->paths[path + 1],
		(geom->count - path - 1) * sizeof(geom->paths[0]));
	geom->count--;
	if (active > path)
		geom->active--;
	else if (active == path)
		geom->active = geom->count ? mp_geom_next(geom, path + geom->count - 1) : 0;
	mp_geom_choose_active(geom);
}

size_t mp_geom_restore_others(struct mp_geom *geom, size_t last)
{
	size_t restored = 0;

	for (size_t i = 0; i < geom->count; i++) {
		if (i == last || !geom->paths[i].failed || geom->paths[i].lost)
			continue;
		geom->paths[i].failed = geom->paths[i].by_hand = false;
		restored++;
	}
	geom->active = last;
	mp_geom_choose_active(geom);
	return restored;
}

bool mp_geom_fail(struct mp_geom *geom, size_t path)
{
	struct mp_geom before = *geom;

	geom->paths[path].failed = geom->paths[path].by_hand = true;
	if (mp_geom_good_count(geom)) {
		mp_geom_choose_active(geom);
		return true;
	}
	if (mp_geom_restore_others(geom, path) || !mp_geom_is_good(&before, path))
		return true;
	*geom = before;
	return false;
}

/* The group that the kernel uses, or the one that it will use next. */
static void find_active(struct mp_geom *geom, const struct mp_table *table)
{
	if (!table->start_group || table->start_group > geom->count)
		geom->active = geom->count;
	else
		geom->active = table->start_group - 1;
	/* If it cannot, the kernel takes the first that can. */
	if (geom->active < geom->count && !mp_geom_is_good(geom, geom->active))
		geom->active = geom->count;
	mp_geom_choose_active(geom);
}

int mp_geom_from_kernel(const char *wwid, const struct mp_kernel_map *kernel, struct mp_geom *ret)
{
	const struct mp_table *table = &kernel->table;
	struct mp_geom geom = { .size_sectors = table->size_sectors };

	if (!kernel->exists || kernel->other_target || !mp_geom_is_wwid(wwid) ||
	    !table->group_count || strlen(wwid) >= sizeof(geom.wwid))
		return -EINVAL;
	strcpy(geom.wwid, wwid);
	snprintf(geom.name, sizeof(geom.name), "%s", kernel->name);
	geom.read_only = kernel->read_only;
	geom.queues = mp_table_has_feature(table, queue_if_no_path);
	geom.bio = mp_table_has_feature(table, queue_mode); /* set for nothing but bio */
	geom.mode = kernel->split					? MP_GEOM_ACTIVE_READ :
		    !strcmp(table->groups[0].selector, spread_selector) ? MP_GEOM_ACTIVE_ACTIVE :
									  MP_GEOM_ACTIVE_PASSIVE;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			const struct mp_table_path *path = &table->groups[g].paths[p];

			if (geom.count == MP_GEOM_PATHS)
				return -E2BIG;
			geom.paths[geom.count].devt = path->devt;
			geom.paths[geom.count].failed = path->state == MP_DM_FAILED;
			geom.count++;
		}
	find_active(&geom, table);
	*ret = geom;
	return 0;
}

static int add_group(struct mp_table *table, const struct mp_geom *geom, size_t first, size_t count,
		     const char *selector)
{
	struct mp_table_group *group = &table->groups[table->group_count];

	group->selector = strdup(selector);
	group->paths = calloc(count, sizeof(*group->paths));
	table->group_count++;
	if (!group->selector || !group->paths)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		group->paths[i] =
			(struct mp_table_path){ .devt = geom->paths[first + i].devt, .minio = 1 };
	group->path_count = count;
	return 0;
}

static const char *features(const struct mp_geom *geom)
{
	if (geom->bio)
		return geom->queues ? "3 queue_if_no_path queue_mode bio" : "2 queue_mode bio";
	return geom->queues ? "1 queue_if_no_path" : "0";
}

int mp_geom_table(const struct mp_geom *geom, bool for_reads, struct mp_table *ret)
{
	_cleanup_(mp_table_fini) struct mp_table table = { .size_sectors = geom->size_sectors };
	bool spread = geom->mode == MP_GEOM_ACTIVE_ACTIVE || for_reads;
	int r = 0;

	table.features = strdup(features(geom));
	table.handler = strdup("0");
	table.groups = calloc(geom->count, sizeof(*table.groups));
	if (!table.features || !table.handler || !table.groups)
		return -ENOMEM;
	if (spread)
		r = add_group(&table, geom, 0, geom->count, spread_selector);
	for (size_t i = 0; r == 0 && !spread && i < geom->count; i++)
		r = add_group(&table, geom, i, 1, single_selector);
	if (r < 0)
		return r;
	table.start_group = spread || geom->active >= geom->count ? 1 : geom->active + 1;
	*ret = table;
	table = (struct mp_table)MP_TABLE_INIT;
	return 0;
}
