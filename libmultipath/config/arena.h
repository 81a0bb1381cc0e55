/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* arena.h - memory that is freed in one go: a configuration's texts and values.  For: config. */
#pragma once
#include <stddef.h>

struct mp_arena_chunk;

struct mp_arena {
	struct mp_arena_chunk *chunks;
	size_t used, size; /* of the newest chunk */
};

/** mp_arena_fini() - free all that was allocated from it */
void mp_arena_fini(struct mp_arena *arena);

/** mp_arena_alloc() - zeroed memory, aligned for any of our types. Return: NULL without memory. */
void *mp_arena_alloc(struct mp_arena *arena, size_t size);

/** mp_arena_text() - NUL-terminated copy of @length bytes. Return: NULL without memory. */
const char *mp_arena_text(struct mp_arena *arena, const char *text, size_t length);
