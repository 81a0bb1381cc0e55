/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/nvme.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/sysfs.h"

static const char subsystems[] = "class/nvme-subsystem";

static void read_text(const struct mp_roots *roots, const char *dir, const char *attribute,
		      char *text, size_t size)
{
	if (mp_sysfs_read(roots->sys, dir, attribute, text, size) < 0)
		text[0] = '\0';
}

static int is_entry(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void entries_free(struct dirent **entries, int count)
{
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
}

/* Entries of a directory, nvme2 before nvme10. Return: their number, 0 if it cannot be read. */
static int list(const struct mp_roots *roots, const char *dir, struct dirent ***ret)
{
	char file[MP_SYSFS_FILE_SIZE];
	int count;

	if ((size_t)snprintf(file, sizeof(file), "%s/%s", roots->sys, dir) >= sizeof(file))
		return 0;
	count = scandir(file, ret, is_entry, versionsort);
	return count < 0 ? 0 : count;
}

/* "0000:3b:00.0" */
static bool is_pci_function(const char *text)
{
	unsigned a, b, c, d;
	int used = 0;

	return sscanf(text, "%x:%2x:%2x.%1x%n", &a, &b, &c, &d, &used) == 4 && !text[used];
}

static void read_controller(const struct mp_roots *roots, const char *controller,
			    struct mp_foreign_path *path)
{
	char transport[32], address[192];

	read_text(roots, controller, "state", path->state, sizeof(path->state));
	read_text(roots, controller, "serial", path->serial, sizeof(path->serial));
	read_text(roots, controller, "transport", transport, sizeof(transport));
	read_text(roots, controller, "address", address, sizeof(address));
	snprintf(path->host, sizeof(path->host), "%s:%s", transport, address);
	if (!strcmp(transport, "pcie") && is_pci_function(address))
		snprintf(path->adapter, sizeof(path->adapter), "PCI:%.20s", address);
}

/* A controller's child nvmeXcYnZ is a path of its subsystem's nvmeXnZ. */
static bool is_path_of(const char *name, const char *disk, struct mp_foreign_path *ret)
{
	int subsystem, controller, nspace, used = 0, disk_subsystem, disk_nspace;

	if (sscanf(name, "nvme%dc%dn%d%n", &subsystem, &controller, &nspace, &used) != 3 ||
	    name[used] || sscanf(disk, "nvme%dn%d", &disk_subsystem, &disk_nspace) != 2 ||
	    subsystem != disk_subsystem || nspace != disk_nspace)
		return false;
	*ret = (struct mp_foreign_path){ 0 };
	snprintf(ret->name, sizeof(ret->name), "%.31s", name);
	snprintf(ret->address, sizeof(ret->address), "%d:%d:%d", subsystem, controller, nspace);
	return true;
}

static int add_path(struct mp_foreign_map *map, const struct mp_foreign_path *path)
{
	struct mp_foreign_path *paths = realloc(map->paths, (map->path_count + 1) * sizeof(*paths));

	if (!paths)
		return -ENOMEM;
	map->paths = paths;
	paths[map->path_count++] = *path;
	map->has_access |= *path->access != '\0';
	return 0;
}

/* Paths of @map that lead over one controller. */
static int read_paths(const struct mp_roots *roots, const char *controller,
		      struct mp_foreign_map *map)
{
	struct dirent **entries;
	int count = list(roots, controller, &entries), r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		struct mp_foreign_path path;
		char dir[MP_PROBE_DIR_SIZE];

		if (!is_path_of(entries[i]->d_name, map->disk, &path) ||
		    (size_t)snprintf(dir, sizeof(dir), "%s/%s", controller, path.name) >=
			    sizeof(dir))
			continue;
		read_controller(roots, controller, &path);
		read_text(roots, dir, "ana_state", path.access, sizeof(path.access));
		read_text(roots, dir, "size", path.size, sizeof(path.size));
		read_text(roots, dir, "dev", path.devt, sizeof(path.devt));
		if (!*path.devt)
			strcpy(path.devt, "0:0");
		r = add_path(map, &path);
	}
	if (count)
		entries_free(entries, count);
	return r;
}

static void read_map(const struct mp_roots *roots, const char *subsystem, const char *disk,
		     struct mp_foreign_map *ret)
{
	char dir[MP_PROBE_DIR_SIZE], nqn[224], nsid[16];

	*ret = (struct mp_foreign_map){ 0 };
	snprintf(ret->disk, sizeof(ret->disk), "%.31s", disk);
	read_text(roots, subsystem, "subsysnqn", nqn, sizeof(nqn));
	read_text(roots, subsystem, "model", ret->model, sizeof(ret->model));
	read_text(roots, subsystem, "firmware_rev", ret->revision, sizeof(ret->revision));
	if ((size_t)snprintf(dir, sizeof(dir), "%s/%s", subsystem, disk) >= sizeof(dir))
		return;
	read_text(roots, dir, "nsid", nsid, sizeof(nsid));
	read_text(roots, dir, "wwid", ret->wwid, sizeof(ret->wwid));
	read_text(roots, dir, "size", ret->size, sizeof(ret->size));
	snprintf(ret->name, sizeof(ret->name), "%s:nsid.%s", nqn, nsid);
}

static int add_map(struct mp_foreign *foreign, struct mp_foreign_map *map)
{
	struct mp_foreign_map *maps = realloc(foreign->maps, (foreign->count + 1) * sizeof(*maps));

	if (!maps)
		return -ENOMEM;
	foreign->maps = maps;
	maps[foreign->count++] = *map;
	return 0;
}

static bool is_disk(const char *name)
{
	int used = 0;

	return sscanf(name, "nvme%*dn%*d%n", &used) == 0 && used && !name[used];
}

static bool is_controller(const char *name)
{
	int used = 0;

	return sscanf(name, "nvme%*d%n", &used) == 0 && used && !name[used];
}

static int read_subsystem(const struct mp_roots *roots, const char *subsystem,
			  struct mp_foreign *ret)
{
	struct dirent **entries;
	int count = list(roots, subsystem, &entries), r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		struct mp_foreign_map map;

		if (!is_disk(entries[i]->d_name))
			continue;
		read_map(roots, subsystem, entries[i]->d_name, &map);
		for (int k = 0; k < count && r == 0; k++) {
			char controller[MP_PROBE_DIR_SIZE];

			if (is_controller(entries[k]->d_name) &&
			    (size_t)snprintf(controller, sizeof(controller), "%s/%s", subsystem,
					     entries[k]->d_name) < sizeof(controller))
				r = read_paths(roots, controller, &map);
		}
		if (r == 0)
			r = add_map(ret, &map);
		if (r < 0)
			free(map.paths);
	}
	if (count)
		entries_free(entries, count);
	return r;
}

int mp_nvme_list(const struct mp_roots *roots, struct mp_foreign *ret)
{
	struct dirent **entries;
	int count = list(roots, subsystems, &entries), r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		char subsystem[MP_PROBE_DIR_SIZE];

		if ((size_t)snprintf(subsystem, sizeof(subsystem), "%s/%s", subsystems,
				     entries[i]->d_name) < sizeof(subsystem))
			r = read_subsystem(roots, subsystem, ret);
	}
	if (count)
		entries_free(entries, count);
	if (r < 0)
		mp_foreign_fini(ret);
	return r;
}
