/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.h - maps in the form of geom(8)'s list and status.  For: gmultipath's verbs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "model/geom.h"

/* What the model does not know. */
struct report_disk {
	unsigned long long media_bytes;
	unsigned sector_bytes;
	int open_count; /* of the map */
};

/** report_list() - one map, with all that is known; @disks: of the paths, in their order */
void report_list(const struct mp_geom *geom, const struct report_disk *map, const struct report_disk *disks,
		  struct mp_strbuf *out);

struct report_options {
	bool geoms; /* names of maps, not of their devices */
	bool script; /* a line for each path, no heading */
};

/** report_status() - several maps, as a table */
void report_status(const struct mp_geom *const *geoms, size_t count, const struct report_options *options,
		    struct mp_strbuf *out);
