/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inventory-made.h - an inventory of made-up paths and maps, with a configuration from a text.
 * For: tests of state and control.
 */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "config-loaded.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/reconcile.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

/* The real rows: none of their functions is called without a daemon. */
static const struct map_kinds made_kinds = { .reconciled = &reconcile_kind, .geom = &geoms_kind };

struct made {
	struct loaded loaded;
	union {
		struct inventory inventory; /* without a process around it */
		struct daemon daemon; /* with one: jobs-recorded.h */
	};
	unsigned marks; /* of maps, by maps_touch() */
};

static inline void made_on_marked(struct inventory *inventory)
{
	caa_container_of(inventory, struct made, inventory)->marks++;
}

/* @config: text of multipath.conf. There are no timers and no jobs. */
static inline void made_init(struct made *made, const char *config)
{
	const struct inventory_options options = {
		.create = true, .check = true, .grouping = -1, .verbosity = -1
	};

	memset(made, 0, sizeof(*made));
	loaded_init(&made->loaded);
	assert_int_equal(loaded_text(&made->loaded, config), 0);
	assert_int_equal(inventory_init(&made->inventory, &options, &made_kinds, NULL), 0);
	made->inventory.config = made->loaded.config;
	made->inventory.process = mp_config_process(made->loaded.config);
	assert_int_equal(mp_bindings_new(&made->inventory.bindings), 0);
	assert_int_equal(mp_wwids_new(&made->inventory.wwids), 0);
	made->inventory.on_marked = made_on_marked;
}

static inline void made_fini(struct made *made)
{
	struct mp_path *path, *next_path;
	struct mp_map *map, *next_map;

	cds_list_for_each_entry_safe(path, next_path, &made->inventory.paths, in_all)
		paths_free(daemon_path_of(path));
	cds_list_for_each_entry_safe(map, next_map, &made->inventory.maps, in_all)
		maps_free(daemon_map_of(map));
	inventory_fini(&made->inventory);
	mp_bindings_free(made->inventory.bindings);
	mp_wwids_free(made->inventory.wwids);
	loaded_fini(&made->loaded);
}

#define _cleanup_made_ _cleanup_(made_fini)

static inline struct daemon_map *made_map(struct made *made, const char *wwid)
{
	struct daemon_map *map;

	assert_int_equal(maps_new(&made->inventory, wwid, &map), 0);
	return map;
}

/* The kernel has it, under that name. */
static inline void made_exists(struct daemon_map *map, const char *name)
{
	map->map.kernel.exists = true;
	snprintf(map->map.kernel.name, sizeof(map->map.kernel.name), "%s", name);
	maps_rename(map, name);
}

/* A good disk "sdX" of the map's LUN; @map: NULL: it is in none. */
static inline struct daemon_path *made_path(struct made *made, char letter, struct daemon_map *map)
{
	const char name[] = { 's', 'd', letter, '\0' };
	struct mp_identity identity = { .address = { .host = -1 },
					.tpg = -1,
					.protocol = MP_PROTOCOL_SCSI_FCP,
					.serial = "",
					.vpd_data = "",
					.host_wwnn = "",
					.host_wwpn = "",
					.target_wwnn = "",
					.target_wwpn = "",
					.adapter = "",
					.devt = makedev(8, 16 * (letter - 'a')) };
	struct daemon_path *path;

	strcpy(identity.name, name);
	strcpy(identity.wwid, map ? map->map.wwid : "");
	assert_int_equal(paths_new(&made->inventory, &identity, "", &path), 0);
	path->path.init = MP_INIT_OK;
	path->path.state = MP_PATH_UP;
	if (map)
		mp_map_add_path(&map->map, &path->path);
	return path;
}
