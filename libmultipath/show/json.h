/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* json.h - maps with groups and paths as JSON, version 0.1.  For: programs. */
#pragma once
#include <stddef.h>

#include "model/map.h"
#include "show/context.h"

struct mp_strbuf;

/**
 * mp_json_text() - append what JSON can carry of a text: bytes that are no UTF-8 are taken for
 * Latin-1; nothing is quoted
 */
void mp_json_text(const char *text, struct mp_strbuf *out);

/**
 * mp_show_maps_json() - all of them in an array that may be empty; failures are remembered in @out
 */
void mp_show_maps_json(const struct mp_show_context *context, const struct mp_map *const *maps,
		       size_t count, struct mp_strbuf *out);

/** mp_show_map_json() - one map */
void mp_show_map_json(const struct mp_show_context *context, const struct mp_map *map,
		      struct mp_strbuf *out);
