/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* topology.h - a map as the tree of its groups and paths.  For: programs. */
#pragma once
#include <stddef.h>

#include "model/map.h"
#include "show/context.h"

struct mp_strbuf;

enum { MP_TOPOLOGY_COLUMNS = 6 };

/* Bytes that each column of the path lines takes at least. Headers do not count. */
struct mp_topology_widths {
	size_t width[MP_TOPOLOGY_COLUMNS];
};

/**
 * mp_topology_measure() - widths for these paths; the daemon measures all it knows, once for a
 * reply
 */
void mp_topology_measure(const struct mp_show_context *context, const struct mp_path *const *paths,
			 size_t count, struct mp_topology_widths *ret);

/**
 * mp_show_topology() - tree, name or nothing, by @context->verbosity
 * @widths:	NULL: of this map's paths
 *
 * Shows @map->groups. Failures are remembered in @out.
 */
void mp_show_topology(const struct mp_show_context *context, const struct mp_map *map,
		      const struct mp_topology_widths *widths, struct mp_strbuf *out);

/** mp_show_foreign_topologies() - those of @context->foreign, in the same form */
void mp_show_foreign_topologies(const struct mp_show_context *context,
				const struct mp_topology_widths *widths, struct mp_strbuf *out);
