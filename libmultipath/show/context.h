/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* context.h - what a rendering depends on besides the objects.  For: show, programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mp_foreign;

struct mp_show_context {
	uint64_t now_usec; /* CLOCK_MONOTONIC */
	bool unchecked; /* multipath -l: priorities are printed as 0, checker states as undef */
	bool before_maps; /* paths are shown as if they were in no map yet */
	bool no_action; /* topologies do not begin with what was last done to the map */
	bool bold; /* stdout is a terminal */
	int verbosity; /* of topologies: 0 nothing, 1 names, 2 and more trees; the daemon's is 2 */
	/* of a listing: a longer one is refused; 0: what a client of the socket takes */
	size_t text_max;
	const struct mp_foreign *foreign; /* to be listed besides; NULL: none */
};
