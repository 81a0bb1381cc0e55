/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/listing.h"
#include "tests/unit/heap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t count(const char *text, char c)
{
	size_t sum = 0;

	for (; *text; text++)
		sum += *text == c;
	return sum;
}

/* Whatever the format, there is a line for each object, and padded lines have the same length. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct mp_show_context context = { .now_usec = 1 };
	const struct mp_identity identity = { .name = "sda", .address = { .host = -1 } };
	_cleanup_(heap_path_freep) struct mp_path *path = NULL;
	_cleanup_(heap_map_freep) struct mp_map *map = NULL;
	_cleanup_free_ char *format = strndup((const char *)data, size);
	_cleanup_strbuf_ struct mp_strbuf padded = MP_STRBUF_INIT, raw = MP_STRBUF_INIT,
					  one = MP_STRBUF_INIT;
	const struct mp_path *paths[2];
	const struct mp_map *maps[2];
	size_t newlines;

	if (!format || heap_path_new(1, &identity, &path) < 0 ||
	    heap_map_new("w", "mpatha", &map) < 0)
		return 0;
	mp_map_add_path(map, path);
	paths[0] = paths[1] = path;
	maps[0] = maps[1] = map;
	newlines = count(format, '\n') + 1;

	mp_show_paths(&context, paths, 2, format, true, &raw);
	mp_show_paths(&context, paths, 2, format, false, &padded);
	if (raw.error || padded.error)
		return 0;
	/* A newline after a '%' is dropped. */
	if (count(raw.text, '\n') > 2 * newlines || padded.length % 3 ||
	    padded.text[padded.length - 1] != '\n')
		abort();

	mp_strbuf_clear(&raw);
	mp_strbuf_clear(&padded);
	mp_show_maps(&context, maps, 2, format, true, &raw);
	mp_show_maps(&context, maps, 2, format, false, &padded);
	mp_show_map(&context, maps, 2, 1, format, &one);
	if (raw.error || padded.error || one.error)
		return 0;
	if (3 * one.length != padded.length ||
	    memcmp(one.text, padded.text + 2 * one.length, one.length) != 0)
		abort();
	return 0;
}
