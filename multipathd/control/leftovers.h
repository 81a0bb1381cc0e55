/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftovers.h - what a killed program leaves of a map: a device without a table, a map that is
 * suspended or holds a table that was loaded and never taken.  For: the daemon's loop.
 *
 * Another program may be at work on such a device just now. So it is given some seconds, and healed
 * if it is unchanged then. A map that is suspended and has a table to be taken waits for nobody:
 * that is how a daemon leaves it that is killed in a reload. A half-made map that is wanted does
 * not wait for that: its creation completes it.
 */
#pragma once

struct daemon;

enum leftover_kind {
	LEFTOVER_HALF_MADE, /* no table in force: it is removed, unless it is to be a map */
	/*
	 * it is resumed with a table of proven paths, unless an operator suspended it; or its other
	 * table is dropped
	 */
	LEFTOVER_SUSPENDED,
	/* the same, at once: a daemon was killed between the two calls by which it takes a table */
	LEFTOVER_LOADING,
};

/** leftovers_found() - once or repeatedly, by those who look at devices */
void leftovers_found(struct daemon *daemon, const char *wwid, enum leftover_kind kind);

void leftovers_free(struct daemon *daemon);
