/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftovers.h - maps that a killed program left behind: a device without a table, a map that is
 * suspended or has a loaded table that was never used.  For: the daemon's loop.
 *
 * Another program may be working on such a device, so it is repaired only if it is unchanged after
 * some seconds. A suspended map with a loaded table is repaired at once: that is what a daemon
 * killed in a reload leaves. A half-made map that is wanted is completed by its creation, without
 * delay.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct leftovers;

enum leftover_kind {
	LEFTOVER_HALF_MADE, /* no active table: removed, unless the map is wanted */
	/*
	 * resumed with a table of proven paths, unless an operator suspended it; or its loaded
	 * table is dropped
	 */
	LEFTOVER_SUSPENDED,
	/* the same, at once: a daemon was killed between suspend and resume */
	LEFTOVER_LOADING,
};

/* One whose time has come. */
struct leftover_case {
	enum leftover_kind kind;
	const struct daemon_map *map; /* NULL: not known */
	bool reload_asked; /* before */
	bool by_operator; /* an operator suspended it */
	bool awaited; /* as options.awaits_leftovers */
	bool last; /* it has been waited for as long as any path may take */
};

enum leftover_step {
	LEFTOVER_STEP_FORGET, /* there is nothing left to repair */
	LEFTOVER_STEP_RELOAD, /* its next table resumes it */
	LEFTOVER_STEP_WAIT, /* a path has not answered yet */
	LEFTOVER_STEP_EMPTY, /* no path has a verified WWID: resumed with a table without paths */
	LEFTOVER_STEP_CREATE, /* the map is wanted, and completes it */
	LEFTOVER_STEP_REPAIR, /* by a worker: resumed, or device or loaded table removed */
};

/** leftovers_judge() - what is done about it; changes nothing */
enum leftover_step leftovers_judge(const struct leftover_case *leftover);

/**
 * leftovers_new() - none found
 * @ret:	daemon->leftovers, for leftovers_found(); leftovers_free() when the pool has ended
 *
 * Return: 0 or -ENOMEM.
 */
int leftovers_new(struct leftovers **ret);

/** leftovers_free() - Return: NULL */
struct leftovers *leftovers_free(struct leftovers *leftovers);

/** leftovers_found() - report one, once or repeatedly */
void leftovers_found(struct daemon *daemon, const char *wwid, enum leftover_kind kind);

/** leftovers_has() - Return: true if one was reported and is not repaired yet */
bool leftovers_has(struct daemon *daemon, const char *wwid);
