/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wildcards.h - the %-letters of listing formats, one table row each; how to add one:
 * CONTRIBUTING.md.  For: show.
 */
#pragma once
#include <stddef.h>

#include "model/map.h"
#include "show/context.h"

struct mp_strbuf;

struct mp_map_wildcard {
	char letter;
	const char *header;
	void (*render)(const struct mp_show_context *context, const struct mp_map *map,
		       struct mp_strbuf *out);
};

struct mp_path_wildcard {
	char letter;
	const char *header;
	void (*render)(const struct mp_show_context *context, const struct mp_path *path,
		       struct mp_strbuf *out);
};

struct mp_group_wildcard {
	char letter;
	const char *header;
	void (*render)(const struct mp_show_context *context, const struct mp_group *group,
		       struct mp_strbuf *out);
};

/** mp_wildcard_find_map() - the row of that letter, or NULL */
const struct mp_map_wildcard *mp_wildcard_find_map(char letter);

/** mp_wildcard_find_path() - the row of that letter, or NULL */
const struct mp_path_wildcard *mp_wildcard_find_path(char letter);

/** mp_wildcard_find_group() - the row of that letter, or NULL */
const struct mp_group_wildcard *mp_wildcard_find_group(char letter);

/** mp_show_wildcards() - reply to `show wildcards` */
void mp_show_wildcards(struct mp_strbuf *out);
