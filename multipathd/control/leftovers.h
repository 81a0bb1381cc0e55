/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftovers.h - maps that a killed program left behind: a device without a table, a map that is
 * suspended or has a loaded table that was never used.  For: the daemon's loop.
 *
 * Another program may be working on such a device, so it is repaired only if it is unchanged after
 * some seconds. A suspended map with a loaded table is repaired at once: that is what a daemon killed
 * in a reload leaves. A half-made map that is wanted is completed by its creation, without delay.
 */
#pragma once

struct daemon;

enum leftover_kind {
	LEFTOVER_HALF_MADE, /* no active table: removed, unless the map is wanted */
	/*
	 * resumed with a table of proven paths, unless an operator suspended it; or its loaded table
	 * is dropped
	 */
	LEFTOVER_SUSPENDED,
	/* the same, at once: a daemon was killed between suspend and resume */
	LEFTOVER_LOADING,
};

/** leftovers_found() - report one, once or repeatedly */
void leftovers_found(struct daemon *daemon, const char *wwid, enum leftover_kind kind);

void leftovers_free(struct daemon *daemon);
