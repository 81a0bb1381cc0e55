/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/maps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/node.h"
#include "model/geom.h"
#include "model/queueing.h"
#include "multipathd/state/inventory.h"

static bool match_wwid(const struct mp_hash_node *node, const void *key)
{
	return !strcmp(caa_container_of(node, struct mp_map, by_wwid)->wwid, key);
}

static bool match_name(const struct mp_hash_node *node, const void *key)
{
	return !strcmp(caa_container_of(node, struct mp_map, by_name)->name, key);
}

struct daemon_map *maps_find_wwid(const struct inventory *inventory, const char *wwid)
{
	struct mp_hash_node *node =
		mp_hash_find(&inventory->maps_by_wwid, mp_hash_text(wwid), match_wwid, wwid);

	return node ? daemon_map_of(caa_container_of(node, struct mp_map, by_wwid)) : NULL;
}

struct daemon_map *maps_find_name(const struct inventory *inventory, const char *name)
{
	struct mp_hash_node *node =
		mp_hash_find(&inventory->maps_by_name, mp_hash_text(name), match_name, name);

	return node ? daemon_map_of(caa_container_of(node, struct mp_map, by_name)) : NULL;
}

struct daemon_map *maps_find_minor(const struct inventory *inventory, unsigned minor)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (map->kernel.exists && map->kernel.minor == minor)
			return daemon_map_of(map);
	return NULL;
}

struct daemon_map *maps_find(const struct inventory *inventory, const char *text)
{
	struct daemon_map *map;
	unsigned minor;
	int end = 0;

	text = mp_node_name(text);
	if (sscanf(text, "dm-%u%n", &minor, &end) == 1 && !text[end])
		return maps_find_minor(inventory, minor);
	map = maps_find_name(inventory, text);
	if (!map)
		map = maps_find_wwid(inventory, text);
	return map && map->map.kernel.exists ? map : NULL;
}

struct daemon_map *maps_find_known(const struct inventory *inventory, const char *text)
{
	struct daemon_map *map = maps_find_name(inventory, text);
	const char *wwid;

	if (!map)
		map = maps_find_wwid(inventory, text);
	if (map)
		return map;
	wwid = mp_bindings_wwid(inventory->bindings, text);
	if (!wwid)
		wwid = mp_config_wwid_of_alias(inventory->config, text);
	return wwid ? maps_find_wwid(inventory, wwid) : NULL;
}

void maps_rename(struct daemon_map *map, const char *name)
{
	struct inventory *inventory = map->inventory;

	if (!strcmp(map->map.name, name))
		return;
	mp_hash_remove(&inventory->maps_by_name, &map->map.by_name);
	if (mp_map_set_name(&map->map, name) < 0)
		log_error("%s: cannot set the name %s: out of memory", map->map.wwid, name);
	mp_hash_add(&inventory->maps_by_name, &map->map.by_name, mp_hash_text(map->map.name));
}

int maps_new(struct inventory *inventory, const char *wwid, struct daemon_map **ret)
{
	struct daemon_map *map = calloc(1, sizeof(*map));
	int r;

	if (!map)
		return -ENOMEM;
	r = mp_map_init(&map->map, wwid, wwid);
	if (r < 0) {
		free(map);
		return r;
	}
	map->inventory = inventory;
	map->kind = mp_geom_is_wwid(wwid) ? inventory->kinds->geom : inventory->kinds->reconciled;
	CDS_INIT_LIST_HEAD(&map->waiters);
	CDS_INIT_LIST_HEAD(&map->disks.in_read);
	cds_list_add_tail(&map->map.in_all, &inventory->maps);
	mp_hash_add(&inventory->maps_by_wwid, &map->map.by_wwid, mp_hash_text(wwid));
	mp_hash_add(&inventory->maps_by_name, &map->map.by_name, mp_hash_text(map->map.name));
	inventory->map_count++;
	if (inventory->options.no_queueing)
		mp_queueing_disable(&map->map.queueing);
	*ret = map;
	return 0;
}

void maps_set_disks(struct daemon_map *map, struct map_disk *disks, size_t count)
{
	free(map->disks.disks);
	map->disks.disks = disks;
	map->disks.count = count;
	cds_list_del_init(&map->disks.in_read);
	if (disks || map->disks.asked)
		cds_list_add_tail(&map->disks.in_read, &map->inventory->disks_read);
}

const struct map_disk *maps_find_disk(const struct daemon_map *map, dev_t devt)
{
	for (size_t i = 0; i < map->disks.count; i++)
		if (map->disks.disks[i].devt == devt)
			return &map->disks.disks[i];
	return NULL;
}

void maps_free(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;

	if (map->dirty)
		cds_list_del(&map->in_dirty);
	sd_event_source_disable_unref(map->udev_timer);
	sd_event_source_disable_unref(map->ghost_timer);
	sd_event_source_disable_unref(map->queue_timer);
	sd_event_source_disable_unref(map->failback_timer);
	sd_event_source_disable_unref(map->retry_timer);
	cds_list_del(&map->map.in_all);
	mp_hash_remove(&inventory->maps_by_wwid, &map->map.by_wwid);
	mp_hash_remove(&inventory->maps_by_name, &map->map.by_name);
	inventory->map_count--;
	inventory->by_table_count -= map->by_table;
	for (size_t i = 0; i < inventory->strange_count; i++)
		if (inventory->strange[i] == &map->map)
			inventory->strange_known = false;
	mp_map_fini(&map->map);
	maps_set_disks(map, NULL, 0);
	free(map->reference);
	free(map->configured_alias);
	free(map->loaded);
	free(map->loaded_as);
	free(map);
}

struct daemon_map *maps_find_by_table(const struct inventory *inventory, dev_t devt)
{
	struct mp_map *map;

	if (!inventory->by_table_count)
		return NULL;
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (daemon_map_of(map)->kind->paths_by_table && map->kernel.exists &&
		    mp_table_find(&map->kernel.table, devt))
			return daemon_map_of(map);
	return NULL;
}

/*
 * The path whose hardware entry is used: one that is up, or else any, or else the last one used.
 */
const struct mp_identity *maps_reference(const struct daemon_map *map)
{
	const struct mp_path *path, *any = NULL;

	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		if (path->state == MP_PATH_UP)
			return &path->identity;
		if (!any)
			any = path;
	}
	return any ? &any->identity : map->reference;
}

void maps_remember(struct daemon_map *map, const struct mp_identity *reference)
{
	struct mp_identity *copy;

	if (!reference || reference == map->reference)
		return;
	copy = mp_path_identity_clone(reference);
	if (!copy)
		return;
	free(map->reference);
	map->reference = copy;
}

void maps_on_leaving(const struct mp_path *path)
{
	struct mp_map *map = path->map;

	if (map && map->paths.next == map->paths.prev)
		maps_remember(daemon_map_of(map), &path->identity);
}

/*
 * Called for each of thousands of paths and maps. If out of memory, all maps are searched.
 */
static void strange_find(struct inventory *inventory)
{
	struct mp_map *map;

	inventory->strange_count = 0;
	inventory->strange_known = false;
	free(inventory->strange);
	inventory->strange = calloc(inventory->map_count + 1, sizeof(*inventory->strange));
	if (!inventory->strange)
		return;
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (mp_map_has_strangers(map))
			inventory->strange[inventory->strange_count++] = map;
	inventory->strange_known = true;
}

void maps_forget_strange(struct inventory *inventory)
{
	inventory->strange_known = false;
}

static bool holds_stranger(const struct mp_map *map, const struct mp_map *own, dev_t devt)
{
	return map != own && mp_map_has_strangers(map) && mp_map_holds(map, devt);
}

const struct mp_map *maps_find_holder(struct inventory *inventory, const struct mp_map *own,
				      dev_t devt)
{
	const struct mp_map *map;

	if (own && mp_map_holds(own, devt))
		return NULL;
	if (!inventory->strange_known)
		strange_find(inventory);
	if (inventory->strange_known) {
		for (size_t i = 0; i < inventory->strange_count; i++)
			if (holds_stranger(inventory->strange[i], own, devt))
				return inventory->strange[i];
		return NULL;
	}
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (holds_stranger(map, own, devt))
			return map;
	return NULL;
}

void maps_touch(struct daemon_map *map, const char *reason)
{
	log_debug("%s: to be reconciled: %s", map->map.name, reason);
	if (!map->dirty) {
		map->dirty = true;
		cds_list_add_tail(&map->in_dirty, &map->inventory->dirty);
	}
	inventory_wake(map->inventory);
}

int maps_wait(struct daemon_map *map, uint64_t request, bool without_map)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->request = request;
	waiter->without_map = without_map;
	cds_list_add_tail(&waiter->in_waiters, &map->waiters);
	return 0;
}

bool maps_is_taken(void *userdata, const char *name, const char *wwid)
{
	const struct inventory *inventory = userdata;
	const struct daemon_map *other = maps_find_name(inventory, name);

	if (other && strcmp(other->map.wwid, wwid) && other->map.kernel.exists)
		return true;
	return inventory_name_is_taken(inventory, name, wwid);
}
