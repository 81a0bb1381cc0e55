/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heap.h - paths and maps on the heap by themselves; programs have them within objects of their
 * own.  For: tests of functions that take them.
 */
#pragma once
#include <errno.h>
#include <stdlib.h>

#include "model/map.h"
#include "model/path.h"

static inline int heap_path_new(uint64_t id, const struct mp_identity *identity,
				struct mp_path **ret)
{
	*ret = malloc(sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	if (mp_path_init(*ret, id, identity) < 0) {
		free(*ret);
		*ret = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* It leaves its map. Return: NULL. */
static inline struct mp_path *heap_path_free(struct mp_path *path)
{
	if (!path)
		return NULL;
	mp_map_remove_path(path);
	mp_path_fini(path);
	free(path);
	return NULL;
}

static inline void heap_path_freep(struct mp_path **path)
{
	heap_path_free(*path);
}

static inline int heap_map_new(const char *wwid, const char *name, struct mp_map **ret)
{
	int r;

	*ret = malloc(sizeof(**ret));
	r = *ret ? mp_map_init(*ret, wwid, name) : -ENOMEM;
	if (r < 0) {
		free(*ret);
		*ret = NULL;
	}
	return r;
}

/* Return: NULL. */
static inline struct mp_map *heap_map_free(struct mp_map *map)
{
	if (!map)
		return NULL;
	mp_map_fini(map);
	free(map);
	return NULL;
}

static inline void heap_map_freep(struct mp_map **map)
{
	heap_map_free(*map);
}
