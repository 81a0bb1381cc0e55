/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* geomlist.h - maps in the format of geom(8)'s list and status.  For: gmultipath's verbs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/geom.h"

/* Facts about a device that are not in the model. */
struct geomlist_disk {
	unsigned long long media_bytes;
	unsigned sector_bytes;
	int open_count; /* of the map */
};

/** geomlist_list() - one map in detail; @disks: of the paths, in their order */
void geomlist_list(const struct mp_geom *geom, const struct geomlist_disk *map,
		   const struct geomlist_disk *disks, struct mp_strbuf *out);

struct geomlist_options {
	bool geoms; /* names of maps, not of their devices */
	bool script; /* a full line for each path, no heading */
};

/** geomlist_status() - several maps, as a table */
void geomlist_status(const struct mp_geom *const *geoms, size_t count,
		     const struct geomlist_options *options, struct mp_strbuf *out);
