/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "model/map.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"

static bool match_id(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct mp_path, by_id)->id == *(const uint64_t *)key;
}

static bool match_devt(const struct mp_hash_node *node, const void *key)
{
	return caa_container_of(node, struct mp_path, by_devt)->identity.devt ==
	       *(const dev_t *)key;
}

static bool match_name(const struct mp_hash_node *node, const void *key)
{
	return !strcmp(caa_container_of(node, struct mp_path, by_name)->identity.name, key);
}

struct daemon_path *paths_find_id(const struct inventory *inventory, uint64_t id)
{
	struct mp_hash_node *node =
		mp_hash_find(&inventory->paths_by_id, mp_hash_number(id), match_id, &id);

	return node ? daemon_path_of(caa_container_of(node, struct mp_path, by_id)) : NULL;
}

struct daemon_path *paths_find_devt(const struct inventory *inventory, dev_t devt)
{
	struct mp_hash_node *node =
		mp_hash_find(&inventory->paths_by_devt, mp_hash_number(devt), match_devt, &devt);

	return node ? daemon_path_of(caa_container_of(node, struct mp_path, by_devt)) : NULL;
}

struct daemon_path *paths_find_name(const struct inventory *inventory, const char *name)
{
	struct mp_hash_node *node =
		mp_hash_find(&inventory->paths_by_name, mp_hash_text(name), match_name, name);

	return node ? daemon_path_of(caa_container_of(node, struct mp_path, by_name)) : NULL;
}

static bool match_orphan(const struct mp_hash_node *node, const void *key)
{
	const struct mp_path *path = caa_container_of(node, struct mp_path, by_wwid);

	return !path->map && path->init == MP_INIT_OK && !strcmp(path->identity.wwid, key);
}

struct daemon_path *paths_find_orphan(const struct inventory *inventory, const char *wwid)
{
	struct mp_hash_node *node =
		mp_hash_find(&inventory->paths_by_wwid, mp_hash_text(wwid), match_orphan, wwid);

	return node ? daemon_path_of(caa_container_of(node, struct mp_path, by_wwid)) : NULL;
}

struct daemon_path *paths_find(const struct inventory *inventory, const char *text)
{
	char name[MP_NAME_SIZE];
	unsigned major, minor;
	int end = 0;

	if (!strncmp(text, "/dev/", 5))
		text += 5;
	if (sscanf(text, "%u:%u%n", &major, &minor, &end) == 2 && !text[end])
		return paths_find_devt(inventory, makedev(major, minor));
	if (strlen(text) >= sizeof(name))
		return NULL;
	/* The kernel's names have '!' where node names have '/': cciss/c0d0. */
	for (end = 0; text[end]; end++)
		name[end] = text[end] == '/' ? '!' : text[end];
	name[end] = '\0';
	return paths_find_name(inventory, name);
}

static void wwids_add(struct daemon_path *path)
{
	const char *wwid = path->path.identity.wwid;

	path->in_wwids = *wwid;
	if (path->in_wwids)
		mp_hash_add(&path->inventory->paths_by_wwid, &path->path.by_wwid,
			    mp_hash_text(wwid));
}

static void wwids_remove(struct daemon_path *path)
{
	if (path->in_wwids)
		mp_hash_remove(&path->inventory->paths_by_wwid, &path->path.by_wwid);
	path->in_wwids = false;
}

int paths_set_identity(struct daemon_path *path, const struct mp_identity *identity)
{
	bool renamed = strcmp(path->path.identity.wwid, identity->wwid);
	int r;

	if (renamed)
		wwids_remove(path);
	r = mp_path_set_identity(&path->path, identity);
	rports_join(path->inventory, &path->rport, &path->path.identity);
	if (renamed)
		wwids_add(path);
	return r;
}

void paths_set_wwid(struct daemon_path *path, const char *wwid)
{
	struct mp_identity *identity = &path->path.identity;

	wwids_remove(path);
	snprintf(identity->wwid, sizeof(identity->wwid), "%s", wwid);
	wwids_add(path);
}

int paths_new(struct inventory *inventory, const struct mp_identity *identity, const char *dir,
	      struct daemon_path **ret)
{
	struct daemon_path *path = calloc(1, sizeof(*path));

	if (!path)
		return -ENOMEM;
	agenda_init(&path->due);
	CDS_INIT_LIST_HEAD(&path->waiters);
	path->inventory = inventory;
	path->fd = -1;
	path->dir = strdup(dir);
	if (!path->dir || mp_path_init(&path->path, ++inventory->last_path_id, identity) < 0) {
		free(path->dir);
		free(path);
		return -ENOMEM;
	}

	cds_list_add_tail(&path->path.in_all, &inventory->paths);
	mp_hash_add(&inventory->paths_by_id, &path->path.by_id, mp_hash_number(path->path.id));
	mp_hash_add(&inventory->paths_by_devt, &path->path.by_devt, mp_hash_number(identity->devt));
	mp_hash_add(&inventory->paths_by_name, &path->path.by_name, mp_hash_text(identity->name));
	wwids_add(path);
	rports_join(inventory, &path->rport, &path->path.identity);
	inventory->path_count++;
	*ret = path;
	return 0;
}

void paths_free(struct daemon_path *path)
{
	struct inventory *inventory = path->inventory;

	maps_forget_strange(inventory);
	cds_list_del(&path->path.in_all);
	mp_hash_remove(&inventory->paths_by_id, &path->path.by_id);
	mp_hash_remove(&inventory->paths_by_devt, &path->path.by_devt);
	mp_hash_remove(&inventory->paths_by_name, &path->path.by_name);
	wwids_remove(path);
	rports_leave(inventory, &path->rport);
	inventory->path_count--;
	maps_on_leaving(&path->path);
	mp_map_remove_path(&path->path);
	mp_path_fini(&path->path);
	free(path->dir);
	free(path->geom_wwid);
	free(path->scanned);
	free(path->named);
	free(path->proof);
	free(path);
}

bool paths_follows_port(const struct daemon_path *path)
{
	return path->rport.port &&
	       path->inventory->process->marginal_pathgroups == MP_MARGINAL_FPIN;
}

void paths_told_listed(struct daemon_path *path, const char *serial, unsigned max_sectors_kb)
{
	struct mp_identity identity;

	if (max_sectors_kb)
		path->path.identity.max_sectors_kb = max_sectors_kb;
	if (!serial || *path->path.identity.serial)
		return;
	identity = path->path.identity;
	identity.serial = serial;
	paths_set_identity(path, &identity);
}

void paths_doubt_registration(struct daemon_path *path)
{
	path->registered_key = 0;
	path->has_left = false;
	path->left_key = 0;
}

void paths_let_go(struct inventory *inventory)
{
	struct mp_path *path;

	if (!inventory->has_elsewhere)
		return;
	inventory->has_elsewhere = false;
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		if (daemon_path_of(path)->elsewhere && path->map)
			maps_touch(daemon_map_of(path->map),
				   "another map may have let go of a path");
}
