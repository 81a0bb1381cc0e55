/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/map.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "model/geom_facts.h"
#include "model/grouping.h"

int mp_map_init(struct mp_map *map, const char *wwid, const char *name)
{
	if (strlen(wwid) >= MP_WWID_SIZE)
		return -ENAMETOOLONG;
	*map = (struct mp_map){ 0 };
	strcpy(map->wwid, wwid);
	CDS_INIT_LIST_HEAD(&map->paths);
	CDS_INIT_LIST_HEAD(&map->in_all);
	return mp_map_set_name(map, name);
}

void mp_map_fini(struct mp_map *map)
{
	struct mp_path *path, *next;

	cds_list_for_each_entry_safe(path, next, &map->paths, in_map)
		mp_map_remove_path(path);
	cds_list_del_init(&map->in_all);
	mp_table_fini(&map->kernel.table);
	mp_geom_facts_free(map->kernel.geom);
	free(map->groups);
	free(map->name);
	map->groups = NULL;
	map->name = NULL;
}

int mp_map_set_name(struct mp_map *map, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return -ENOMEM;
	free(map->name);
	map->name = copy;
	return 0;
}

static bool is_before(dev_t a, dev_t b)
{
	return major(a) != major(b) ? major(a) < major(b) : minor(a) < minor(b);
}

void mp_map_add_path(struct mp_map *map, struct mp_path *path)
{
	struct mp_path *before;

	mp_map_remove_path(path);
	/* Paths are mostly found in order: look from the end. */
	cds_list_for_each_entry_reverse(before, &map->paths, in_map)
		if (!is_before(path->identity.devt, before->identity.devt))
			break;
	cds_list_add(&path->in_map, &before->in_map);
	path->map = map;
}

/* Groups borrow paths: a path that leaves must not be found in them any more. */
static void forget_in_groups(struct mp_map *map, const struct mp_path *path)
{
	for (size_t i = 0; i < map->group_count; i++) {
		struct mp_group *group = &map->groups[i];
		size_t kept = 0;

		for (size_t j = 0; j < group->path_count; j++)
			if (group->paths[j] != path)
				group->paths[kept++] = group->paths[j];
		group->path_count = kept;
	}
}

void mp_map_remove_path(struct mp_path *path)
{
	if (!path->map)
		return;
	forget_in_groups(path->map, path);
	cds_list_del_init(&path->in_map);
	path->map = NULL;
	path->dm_state = MP_DM_UNDEF;
	path->dm_failures = 0;
}

static struct mp_path *find_path(const struct mp_map *map, dev_t devt)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->paths, in_map)
		if (path->identity.devt == devt)
			return path;
	return NULL;
}

int mp_map_update_groups(struct mp_map *map)
{
	const struct mp_table *table = &map->kernel.table;
	bool marginal = map->settings.marginal_groups != MP_MARGINAL_OFF;
	_cleanup_free_ struct mp_wanted_group *rated = NULL;
	struct mp_group *groups = NULL;
	struct mp_path *path, **paths;
	size_t path_count = 0;

	for (size_t i = 0; i < table->group_count; i++)
		path_count += table->groups[i].path_count;
	if (table->group_count) {
		rated = calloc(table->group_count, sizeof(*rated));
		/* One allocation: the groups, then the paths of them all. */
		groups = calloc(1,
				table->group_count * sizeof(*groups) + path_count * sizeof(*paths));
		if (!rated || !groups) {
			free(groups);
			return -ENOMEM;
		}
	}

	cds_list_for_each_entry(path, &map->paths, in_map) {
		path->dm_state = MP_DM_UNDEF;
		path->dm_failures = 0;
	}
	paths = (struct mp_path **)(groups + table->group_count);
	for (size_t i = 0; i < table->group_count; i++) {
		const struct mp_table_group *source = &table->groups[i];
		struct mp_group *group = &groups[i];

		group->selector = source->selector;
		group->state = source->state;
		group->paths = paths;
		for (size_t j = 0; j < source->path_count; j++) {
			path = find_path(map, source->paths[j].devt);
			if (!path)
				continue;
			path->dm_state = source->paths[j].state;
			path->dm_failures = source->paths[j].failures;
			group->paths[group->path_count++] = path;
		}
		paths += group->path_count;

		rated[i].paths = (const struct mp_path **)group->paths;
		rated[i].path_count = group->path_count;
		mp_grouping_rate(&rated[i], marginal);
		group->priority = rated[i].priority;
		group->marginal = rated[i].marginal;
	}

	free(map->groups);
	map->groups = groups;
	map->group_count = table->group_count;
	map->best_group = mp_grouping_best(rated, table->group_count);
	return 0;
}

bool mp_map_leaves_out(const struct mp_map *map, const struct mp_path *path)
{
	bool down = mp_path_state_is_bad(path->state) || path->state == MP_PATH_DELAYED ||
		    path->wrong_wwid || (path->identity.offline && !mp_path_is_active(path));

	return down && path->map == map && map->kernel.exists &&
	       !mp_map_holds(map, path->identity.devt);
}

int mp_map_group_left_out(const struct mp_map *map, struct mp_group *ret)
{
	struct mp_group group = {
		.selector = map->group_count ? map->groups[map->group_count - 1].selector :
					       map->settings.selector,
		.state = MP_GROUP_UNDEF,
	};
	struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->paths, in_map)
		count += mp_map_leaves_out(map, path);
	if (count) {
		group.paths = calloc(count, sizeof(*group.paths));
		if (!group.paths)
			return -ENOMEM;
	}
	cds_list_for_each_entry(path, &map->paths, in_map)
		if (mp_map_leaves_out(map, path))
			group.paths[group.path_count++] = path;
	*ret = group;
	return 0;
}

unsigned mp_map_active_paths(const struct mp_map *map)
{
	const struct mp_path *path;
	unsigned active = 0;

	cds_list_for_each_entry(path, &map->paths, in_map)
		if (mp_path_is_active(path) &&
		    (!map->kernel.exists || mp_table_find(&map->kernel.table, path->identity.devt)))
			active++;
	return active;
}

bool mp_map_has_strangers(const struct mp_map *map)
{
	const struct mp_table *table = &map->kernel.table;

	if (!map->kernel.exists)
		return false;
	for (size_t i = 0; i < table->group_count; i++)
		if (i >= map->group_count ||
		    map->groups[i].path_count < table->groups[i].path_count)
			return true;
	return false;
}

const struct mp_path *mp_map_first_path(const struct mp_map *map)
{
	const struct mp_path *path, *first = NULL;

	cds_list_for_each_entry(path, &map->paths, in_map) {
		if (*path->identity.vendor && *path->identity.product)
			return path;
		if (!first)
			first = path;
	}
	return first;
}
