/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/topology.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "show/foreign.h"
#include "show/wildcards.h"

enum { WIDTH_MAX = 255 };

/* Of path lines. */
static const char columns[MP_TOPOLOGY_COLUMNS] = { 'i', 'd', 'D', 't', 'T', 'o' };

static void put_map(const struct mp_show_context *context, char letter, const struct mp_map *map,
		    struct mp_strbuf *out)
{
	mp_wildcard_find_map(letter)->render(context, map, out);
}

static void put_group(const struct mp_show_context *context, char letter,
		      const struct mp_group *group, struct mp_strbuf *out)
{
	mp_wildcard_find_group(letter)->render(context, group, out);
}

static void widths_add(struct mp_topology_widths *widths, size_t column, size_t length)
{
	if (length > WIDTH_MAX)
		length = WIDTH_MAX;
	if (length > widths->width[column])
		widths->width[column] = length;
}

static void widths_add_path(struct mp_topology_widths *widths,
			    const struct mp_show_context *context, const struct mp_path *path,
			    struct mp_strbuf *scratch)
{
	for (size_t i = 0; i < MP_TOPOLOGY_COLUMNS; i++) {
		mp_strbuf_clear(scratch);
		mp_wildcard_find_path(columns[i])->render(context, path, scratch);
		widths_add(widths, i, scratch->length);
	}
}

static void widths_add_foreign(struct mp_topology_widths *widths, const struct mp_foreign_map *map)
{
	_cleanup_strbuf_ struct mp_strbuf scratch = MP_STRBUF_INIT;

	for (size_t i = 0; i < map->path_count; i++)
		for (size_t k = 0; k < MP_TOPOLOGY_COLUMNS; k++) {
			mp_strbuf_clear(&scratch);
			mp_show_foreign_path_value(map, &map->paths[i], columns[k], &scratch);
			widths_add(widths, k, scratch.length);
		}
}

void mp_topology_measure(const struct mp_show_context *context, const struct mp_path *const *paths,
			 size_t count, struct mp_topology_widths *ret)
{
	_cleanup_strbuf_ struct mp_strbuf scratch = MP_STRBUF_INIT;

	*ret = (struct mp_topology_widths){ 0 };
	for (size_t i = 0; i < count; i++)
		widths_add_path(ret, context, paths[i], &scratch);
	for (size_t i = 0; context->foreign && i < context->foreign->count; i++)
		widths_add_foreign(ret, &context->foreign->maps[i]);
}

static void measure_group(const struct mp_show_context *context, const struct mp_group *group,
			  struct mp_topology_widths *widths)
{
	_cleanup_strbuf_ struct mp_strbuf scratch = MP_STRBUF_INIT;

	for (size_t i = 0; i < group->path_count; i++)
		widths_add_path(widths, context, group->paths[i], &scratch);
}

static void measure_map(const struct mp_show_context *context, const struct mp_map *map,
			const struct mp_group *left_out, struct mp_topology_widths *ret)
{
	*ret = (struct mp_topology_widths){ 0 };
	for (size_t g = 0; g < map->group_count; g++)
		measure_group(context, &map->groups[g], ret);
	measure_group(context, left_out, ret);
}

/* "[ACTION: ]NAME[ (WWID)] KERNEL-NAME VENDOR,PRODUCT" */
static void put_title(const struct mp_show_context *context, const struct mp_map *map,
		      struct mp_strbuf *out)
{
	if (context->bold)
		mp_strbuf_puts(out, "\033[1m");
	if (map->action != MP_ACTION_NONE && !context->no_action) {
		put_map(context, 'A', map, out);
		mp_strbuf_puts(out, ": ");
	}
	put_map(context, 'n', map, out);
	if (strcmp(map->name, map->wwid) != 0) {
		mp_strbuf_puts(out, " (");
		put_map(context, 'w', map, out);
		mp_strbuf_putc(out, ')');
	}
	mp_strbuf_putc(out, ' ');
	put_map(context, 'd', map, out);
	mp_strbuf_putc(out, ' ');
	put_map(context, 's', map, out);
	mp_strbuf_puts(out, context->bold ? "\033[0m\n" : "\n");
}

static void put_facts(const struct mp_show_context *context, const struct mp_map *map,
		      struct mp_strbuf *out)
{
	mp_strbuf_puts(out, "size=");
	put_map(context, 'S', map, out);
	mp_strbuf_puts(out, " features='");
	put_map(context, 'f', map, out);
	mp_strbuf_puts(out, "' hwhandler='");
	put_map(context, 'h', map, out);
	mp_strbuf_puts(out, "' wp=");
	put_map(context, 'r', map, out);
	mp_strbuf_putc(out, '\n');
}

static void pad(const struct mp_topology_widths *widths, size_t column, size_t start,
		struct mp_strbuf *out)
{
	size_t length = out->length - start;

	if (length < widths->width[column])
		mp_strbuf_fill(out, ' ', widths->width[column] - length);
	mp_strbuf_putc(out, column + 1 < MP_TOPOLOGY_COLUMNS ? ' ' : '\n');
}

static void put_path(const struct mp_show_context *context, const struct mp_path *path,
		     const struct mp_topology_widths *widths, struct mp_strbuf *out)
{
	for (size_t i = 0; i < MP_TOPOLOGY_COLUMNS; i++) {
		size_t start = out->length;

		mp_wildcard_find_path(columns[i])->render(context, path, out);
		pad(widths, i, start, out);
	}
}

static void put_foreign_path(const struct mp_foreign_map *map, const struct mp_foreign_path *path,
			     const struct mp_topology_widths *widths, struct mp_strbuf *out)
{
	for (size_t i = 0; i < MP_TOPOLOGY_COLUMNS; i++) {
		size_t start = out->length;

		mp_show_foreign_path_value(map, path, columns[i], out);
		pad(widths, i, start, out);
	}
}

static void put_tree_of_group(const struct mp_show_context *context, const struct mp_group *group,
			      bool last, const struct mp_topology_widths *widths,
			      struct mp_strbuf *out)
{
	mp_strbuf_puts(out, last ? "`-+- policy='" : "|-+- policy='");
	put_group(context, 's', group, out);
	mp_strbuf_puts(out, "' prio=");
	put_group(context, 'p', group, out);
	mp_strbuf_puts(out, " status=");
	put_group(context, 't', group, out);
	mp_strbuf_putc(out, '\n');

	for (size_t i = 0; i < group->path_count; i++) {
		mp_strbuf_puts(out, last ? "  " : "| ");
		mp_strbuf_puts(out, i + 1 == group->path_count ? "`- " : "|- ");
		put_path(context, group->paths[i], widths, out);
	}
}

static void put_groups(const struct mp_show_context *context, const struct mp_map *map,
		       const struct mp_group *left_out, const struct mp_topology_widths *widths,
		       struct mp_strbuf *out)
{
	for (size_t g = 0; g < map->group_count; g++)
		put_tree_of_group(context, &map->groups[g],
				  g + 1 == map->group_count && !left_out->path_count, widths, out);
	if (left_out->path_count)
		put_tree_of_group(context, left_out, true, widths, out);
}

void mp_show_topology(const struct mp_show_context *context, const struct mp_map *map,
		      const struct mp_topology_widths *widths, struct mp_strbuf *out)
{
	struct mp_group left_out = { 0 };
	struct mp_topology_widths own;

	if (context->verbosity <= 0)
		return;
	if (context->verbosity == 1) {
		mp_strbuf_puts(out, map->name);
		mp_strbuf_putc(out, '\n');
		return;
	}
	if (mp_map_group_left_out(map, &left_out) < 0) {
		out->error = -ENOMEM;
		return;
	}
	if (!widths) {
		measure_map(context, map, &left_out, &own);
		widths = &own;
	}
	put_title(context, map, out);
	put_facts(context, map, out);
	put_groups(context, map, &left_out, widths, out);
	free(left_out.paths);
}

/* Each path is a group of its own. */
static void put_foreign_map(const struct mp_show_context *context, const struct mp_foreign_map *map,
			    const struct mp_topology_widths *widths, struct mp_strbuf *out)
{
	mp_strbuf_printf(out, "%s%s [nvme]:%s NVMe,%s,%s%s\n", context->bold ? "\033[1m" : "",
			 map->wwid, map->disk, map->model, map->revision,
			 context->bold ? "\033[0m" : "");
	mp_strbuf_printf(out, "size=%s features='n/a' hwhandler='", map->size);
	mp_show_foreign_map_value(map, 'h', out);
	mp_strbuf_puts(out, "' wp=rw\n");
	for (size_t i = 0; i < map->path_count; i++) {
		bool last = i + 1 == map->path_count;

		mp_strbuf_puts(out, last ? "`-+- policy='n/a' prio=" : "|-+- policy='n/a' prio=");
		mp_show_foreign_path_value(map, &map->paths[i], 'p', out);
		mp_strbuf_puts(out, " status=");
		mp_show_foreign_path_value(map, &map->paths[i], 'T', out);
		mp_strbuf_puts(out, last ? "\n  `- " : "\n| `- ");
		put_foreign_path(map, &map->paths[i], widths, out);
	}
}

void mp_show_foreign_topologies(const struct mp_show_context *context,
				const struct mp_topology_widths *widths, struct mp_strbuf *out)
{
	for (size_t i = 0; context->foreign && i < context->foreign->count; i++) {
		const struct mp_foreign_map *map = &context->foreign->maps[i];
		struct mp_topology_widths own = { 0 };

		if (context->verbosity <= 0)
			return;
		if (context->verbosity == 1) {
			mp_strbuf_printf(out, "%s\n", map->name);
			continue;
		}
		widths_add_foreign(&own, map);
		put_foreign_map(context, map, widths ? widths : &own, out);
	}
}
