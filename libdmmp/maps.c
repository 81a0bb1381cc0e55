/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libdmmp/maps.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "libdmmp/context.h"
#include "libdmmp/names.h"
#include "libdmmp/requests.h"

enum { MAJOR_VERSION = 0 };

struct dmmp_path {
	char *name;
	uint32_t status;
};

struct dmmp_path_group {
	uint32_t id, priority, status;
	char *selector;
	struct dmmp_path **paths;
	uint32_t path_count;
};

struct dmmp_mpath {
	char *wwid, *name, *kernel_name;
	struct dmmp_path_group **groups;
	uint32_t group_count;
};

static void path_free(struct dmmp_path *path)
{
	if (!path)
		return;
	free(path->name);
	free(path);
}

static void group_free(struct dmmp_path_group *group)
{
	if (!group)
		return;
	for (uint32_t i = 0; i < group->path_count; i++)
		path_free(group->paths[i]);
	free(group->paths);
	free(group->selector);
	free(group);
}

static void map_free(struct dmmp_mpath *map)
{
	if (!map)
		return;
	for (uint32_t i = 0; i < map->group_count; i++)
		group_free(map->groups[i]);
	free(map->groups);
	free(map->wwid);
	free(map->name);
	free(map->kernel_name);
	free(map);
}

/* Members; each fault is told. Return: DMMP_OK, DMMP_ERR_... */

static int find(struct dmmp_context *ctx, struct json_object *object, const char *key,
		enum json_type type, struct json_object **ret)
{
	if (!json_object_object_get_ex(object, key, ret) || !json_object_is_type(*ret, type)) {
		context_error(ctx, "multipathd's listing: no %s \"%s\"", json_type_to_name(type),
			      key);
		return DMMP_ERR_IPC_ERROR;
	}
	return DMMP_OK;
}

/* @may_be_empty: a map that the kernel does not have has no name there */
static int take_text(struct dmmp_context *ctx, struct json_object *object, const char *key,
		     bool may_be_empty, char **ret)
{
	struct json_object *value;
	int code = find(ctx, object, key, json_type_string, &value);

	if (code != DMMP_OK)
		return code;
	if (!may_be_empty && !json_object_get_string_len(value)) {
		context_error(ctx, "multipathd's listing: empty \"%s\"", key);
		return DMMP_ERR_IPC_ERROR;
	}
	*ret = strdup(json_object_get_string(value));
	return *ret ? DMMP_OK : DMMP_ERR_NO_MEMORY;
}

/* Negative numbers are 0. */
static int take_number(struct dmmp_context *ctx, struct json_object *object, const char *key,
		       uint32_t *ret)
{
	struct json_object *value;
	int code = find(ctx, object, key, json_type_int, &value);
	int number = code == DMMP_OK ? json_object_get_int(value) : 0;

	*ret = number < 0 ? 0 : number;
	return code;
}

static int take_status(struct dmmp_context *ctx, struct json_object *object, const char *key,
		       uint32_t (*status_of)(const char *name), uint32_t *ret)
{
	_cleanup_free_ char *name = NULL;
	int code = take_text(ctx, object, key, false, &name);

	if (code == DMMP_OK)
		*ret = status_of(name);
	return code;
}

static int decode_path(struct dmmp_context *ctx, struct json_object *object, void *userdata)
{
	struct dmmp_path_group *group = userdata;
	struct dmmp_path *path = calloc(1, sizeof(*path));
	int code;

	if (!path)
		return DMMP_ERR_NO_MEMORY;
	group->paths[group->path_count++] = path;
	code = take_text(ctx, object, "dev", false, &path->name);
	if (code == DMMP_OK)
		code = take_status(ctx, object, "chk_st", names_path_status, &path->status);
	return code;
}

/* An array, and room for its members. */
static int find_members(struct dmmp_context *ctx, struct json_object *object, const char *key,
			struct json_object **members, void ***room)
{
	int code = find(ctx, object, key, json_type_array, members);

	if (code != DMMP_OK)
		return code;
	*room = calloc(json_object_array_length(*members) + 1, sizeof(**room));
	return *room ? DMMP_OK : DMMP_ERR_NO_MEMORY;
}

static int decode_members(struct dmmp_context *ctx, struct json_object *members,
			  int (*decode)(struct dmmp_context *ctx, struct json_object *object,
					void *userdata),
			  void *userdata)
{
	int code = DMMP_OK;

	for (size_t i = 0; code == DMMP_OK && i < json_object_array_length(members); i++)
		code = decode(ctx, json_object_array_get_idx(members, i), userdata);
	return code;
}

static int decode_group(struct dmmp_context *ctx, struct json_object *object, void *userdata)
{
	struct dmmp_path_group *group = calloc(1, sizeof(*group));
	struct dmmp_mpath *map = userdata;
	struct json_object *paths;
	int code;

	if (!group)
		return DMMP_ERR_NO_MEMORY;
	map->groups[map->group_count++] = group;
	code = take_text(ctx, object, "selector", false, &group->selector);
	if (code == DMMP_OK)
		code = take_number(ctx, object, "pri", &group->priority);
	if (code == DMMP_OK)
		code = take_number(ctx, object, "group", &group->id);
	if (code == DMMP_OK)
		code = take_status(ctx, object, "dm_st", names_group_status, &group->status);
	if (code == DMMP_OK)
		code = find_members(ctx, object, "paths", &paths, (void ***)&group->paths);
	if (code == DMMP_OK)
		code = decode_members(ctx, paths, decode_path, group);
	return code;
}

struct list {
	struct dmmp_mpath **maps;
	uint32_t count;
};

static int decode_map(struct dmmp_context *ctx, struct json_object *object, void *userdata)
{
	struct dmmp_mpath *map = calloc(1, sizeof(*map));
	struct list *list = userdata;
	struct json_object *groups;
	int code;

	if (!map)
		return DMMP_ERR_NO_MEMORY;
	list->maps[list->count++] = map;
	code = take_text(ctx, object, "uuid", false, &map->wwid);
	if (code == DMMP_OK)
		code = take_text(ctx, object, "name", false, &map->name);
	if (code == DMMP_OK)
		code = take_text(ctx, object, "sysfs", true, &map->kernel_name);
	if (code == DMMP_OK)
		code = find_members(ctx, object, "path_groups", &groups, (void ***)&map->groups);
	if (code == DMMP_OK)
		code = decode_members(ctx, groups, decode_group, map);
	return code;
}

static int decode_listing(struct dmmp_context *ctx, struct json_object *listing, struct list *list)
{
	struct json_object *version, *maps;
	int code = find(ctx, listing, "major_version", json_type_int, &version);

	if (code != DMMP_OK)
		return code;
	if (json_object_get_int(version) != MAJOR_VERSION) {
		context_error(ctx, "multipathd's listing has major version %d, expected %d",
			      json_object_get_int(version), MAJOR_VERSION);
		return DMMP_ERR_INCOMPATIBLE;
	}
	code = find_members(ctx, listing, "maps", &maps, (void ***)&list->maps);
	return code == DMMP_OK ? decode_members(ctx, maps, decode_map, list) : code;
}

int maps_decode(struct dmmp_context *ctx, const char *text, struct dmmp_mpath ***ret,
		uint32_t *count)
{
	struct json_object *listing = json_tokener_parse(text);
	struct list list = { 0 };
	int code = DMMP_ERR_IPC_ERROR;

	*ret = NULL;
	*count = 0;
	if (listing)
		code = decode_listing(ctx, listing, &list);
	else
		context_error(ctx, "multipathd's listing is not in JSON");
	json_object_put(listing);
	if (code == DMMP_OK && list.count) {
		*ret = list.maps;
		*count = list.count;
		return DMMP_OK;
	}
	for (uint32_t i = 0; i < list.count; i++)
		map_free(list.maps[i]);
	free(list.maps);
	return code;
}

int dmmp_mpath_array_get(struct dmmp_context *ctx, struct dmmp_mpath ***dmmp_mps,
			 uint32_t *dmmp_mp_count)
{
	_cleanup_free_ char *reply = NULL;
	int code;

	*dmmp_mps = NULL;
	*dmmp_mp_count = 0;
	code = request_ask(ctx, "show maps json", &reply);
	return code == DMMP_OK ? maps_decode(ctx, reply, dmmp_mps, dmmp_mp_count) : code;
}

void dmmp_mpath_array_free(struct dmmp_mpath **dmmp_mps, uint32_t dmmp_mp_count)
{
	for (uint32_t i = 0; dmmp_mps && i < dmmp_mp_count; i++)
		map_free(dmmp_mps[i]);
	free(dmmp_mps);
}

const char *dmmp_mpath_wwid_get(struct dmmp_mpath *dmmp_mp)
{
	return dmmp_mp->wwid;
}

const char *dmmp_mpath_name_get(struct dmmp_mpath *dmmp_mp)
{
	return dmmp_mp->name;
}

const char *dmmp_mpath_kdev_name_get(struct dmmp_mpath *dmmp_mp)
{
	return dmmp_mp->kernel_name;
}

void dmmp_path_group_array_get(struct dmmp_mpath *dmmp_mp, struct dmmp_path_group ***dmmp_pgs,
			       uint32_t *dmmp_pg_count)
{
	*dmmp_pgs = dmmp_mp->groups;
	*dmmp_pg_count = dmmp_mp->group_count;
}

uint32_t dmmp_path_group_id_get(struct dmmp_path_group *dmmp_pg)
{
	return dmmp_pg->id;
}

uint32_t dmmp_path_group_priority_get(struct dmmp_path_group *dmmp_pg)
{
	return dmmp_pg->priority;
}

uint32_t dmmp_path_group_status_get(struct dmmp_path_group *dmmp_pg)
{
	return dmmp_pg->status;
}

const char *dmmp_path_group_selector_get(struct dmmp_path_group *dmmp_pg)
{
	return dmmp_pg->selector;
}

void dmmp_path_array_get(struct dmmp_path_group *dmmp_pg, struct dmmp_path ***dmmp_ps,
			 uint32_t *dmmp_p_count)
{
	*dmmp_ps = dmmp_pg->paths;
	*dmmp_p_count = dmmp_pg->path_count;
}

const char *dmmp_path_blk_name_get(struct dmmp_path *dmmp_p)
{
	return dmmp_p->name;
}

uint32_t dmmp_path_status_get(struct dmmp_path *dmmp_p)
{
	return dmmp_p->status;
}
