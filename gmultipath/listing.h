/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listing.h - maps in the form of geom(8)'s list and status.  For: gmultipath's verbs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/geom.h"

/* What the model does not know. */
struct listing_disk {
	unsigned long long media_bytes;
	unsigned sector_bytes;
	int open_count; /* of the map */
};

/** listing_list() - one map, with all that is known; @disks: of the paths, in their order */
void listing_list(const struct mp_geom *geom, const struct listing_disk *map, const struct listing_disk *disks,
		  struct mp_strbuf *out);

struct listing_options {
	bool geoms; /* names of maps, not of their devices */
	bool script; /* a line for each path, no heading */
};

/** listing_status() - several maps, as a table */
void listing_status(const struct mp_geom *const *geoms, size_t count, const struct listing_options *options,
		    struct mp_strbuf *out);
