/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/arena.h"

#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 8, CHUNK_FIRST = 2048, CHUNK_MAX = 64 * 1024 };

struct mp_arena_chunk {
	struct mp_arena_chunk *next;
	_Alignas(ALIGNMENT) char bytes[];
};

void mp_arena_fini(struct mp_arena *arena)
{
	while (arena->chunks) {
		struct mp_arena_chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
	*arena = (struct mp_arena){ 0 };
}

static int arena_grow(struct mp_arena *arena, size_t size)
{
	size_t room = arena->size ? arena->size * 2 : CHUNK_FIRST;
	struct mp_arena_chunk *chunk;

	if (room > CHUNK_MAX)
		room = CHUNK_MAX;
	if (room < size)
		room = size;
	chunk = calloc(1, sizeof(*chunk) + room);
	if (!chunk)
		return -1;
	chunk->next = arena->chunks;
	arena->chunks = chunk;
	arena->size = room;
	arena->used = 0;
	return 0;
}

void *mp_arena_alloc(struct mp_arena *arena, size_t size)
{
	void *memory;

	arena->used = (arena->used + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
	if ((arena->used > arena->size || size > arena->size - arena->used) &&
	    arena_grow(arena, size) < 0)
		return NULL;
	memory = arena->chunks->bytes + arena->used;
	arena->used += size;
	return memory;
}

const char *mp_arena_text(struct mp_arena *arena, const char *text, size_t length)
{
	char *copy;

	if (arena->used > arena->size || length >= arena->size - arena->used)
		if (arena_grow(arena, length + 1) < 0)
			return NULL;
	copy = arena->chunks->bytes + arena->used;
	arena->used += length + 1;
	if (length)
		memcpy(copy, text, length);
	return copy; /* terminated: chunks are zeroed */
}
