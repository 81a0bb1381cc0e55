/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* san.h - a small SAN in memory, as the daemon would know it.  For: unit tests of show. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "heap.h"
#include "show/context.h"

enum { SAN_MAX = 8 };

struct san {
	struct mp_show_context context;
	struct mp_path *paths[SAN_MAX];
	struct mp_map *maps[SAN_MAX];
	size_t path_count, map_count;
	struct mp_strbuf out;
};

static inline void san_fini(struct san *san)
{
	for (size_t i = 0; i < san->map_count; i++)
		heap_map_free(san->maps[i]);
	for (size_t i = 0; i < san->path_count; i++)
		heap_path_free(san->paths[i]);
	mp_strbuf_fini(&san->out);
}

#define _cleanup_san_ _cleanup_(san_fini)
#define SAN_INIT \
	{ \
		.context = {.now_usec = 100000000, .verbosity = 2 } \
	}

/* A map in the kernel; the paths of its table are active once they are added. */
static inline struct mp_map *san_add_map(struct san *san, const char *name, const char *wwid,
					 const char *params)
{
	struct mp_map *map;

	assert_true(san->map_count < SAN_MAX);
	assert_int_equal(heap_map_new(wwid, name, &map), 0);
	map->kernel.exists = true;
	map->kernel.minor = san->map_count;
	map->kernel.table.size_sectors = 16384;
	map->settings.failback = MP_FAILBACK_MANUAL;
	assert_int_equal(mp_table_parse(params, &map->kernel.table), 0);
	for (size_t g = 0; g < map->kernel.table.group_count; g++) {
		struct mp_table_group *group = &map->kernel.table.groups[g];

		group->state = g ? MP_GROUP_ENABLED : MP_GROUP_ACTIVE;
		for (size_t p = 0; p < group->path_count; p++)
			group->paths[p].state = MP_DM_ACTIVE;
	}
	return san->maps[san->map_count++] = map;
}

/* A path that is up; @map NULL: orphan. */
static inline struct mp_path *san_add_path(struct san *san, struct mp_map *map, const char *name,
					   unsigned minor, int host, uint64_t lun, int priority)
{
	struct mp_identity identity = {
		.devt = makedev(8 + minor / 256 * 57, minor % 256),
		.vendor = "Linux",
		.product = "scsi_debug",
		.revision = "0191",
		.address = { .host = host, .lun = lun },
		.protocol = MP_PROTOCOL_SCSI_UNSPEC,
		.size_sectors = 16384,
		.tpg = -1,
	};
	struct mp_path *path;

	assert_true(san->path_count < SAN_MAX);
	strcpy(identity.name, name);
	strcpy(identity.wwid, map ? map->wwid : "");
	assert_int_equal(heap_path_new(san->path_count, &identity, &path), 0);
	path->state = MP_PATH_UP;
	path->init = MP_INIT_OK;
	path->priority = priority;
	path->checker = "tur";
	path->interval_sec = 10;
	path->next_check_usec = 105000000;
	if (map) {
		mp_map_add_path(map, path);
		assert_int_equal(mp_map_update_groups(map), 0);
	}
	return san->paths[san->path_count++] = path;
}

/* Two groups of one path each. */
static inline struct mp_map *san_add_alua_map(struct san *san)
{
	struct mp_map *map = san_add_map(san, "mpatha", "1Linux_scsi_debug_2000",
					 "1 queue_if_no_path 1 alua 2 1 service-time 0 1 1 8:0 1 "
					 "service-time 0 1 1 8:32 1");

	san_add_path(san, map, "sda", 0, 0, 0, 50);
	san_add_path(san, map, "sdc", 32, 1, 0, 10);
	return map;
}

static inline const struct mp_path *const *san_paths(const struct san *san)
{
	return (const struct mp_path *const *)san->paths;
}

static inline const struct mp_map *const *san_maps(const struct san *san)
{
	return (const struct mp_map *const *)san->maps;
}

/* Compares and forgets what was rendered. */
#define assert_rendered(san, expected) \
	do { \
		assert_int_equal((san)->out.error, 0); \
		assert_string_equal(mp_strbuf_text(&(san)->out), expected); \
		mp_strbuf_clear(&(san)->out); \
	} while (0)
