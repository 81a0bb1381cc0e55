/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* transition.h - what a checker's answer changes.  For: the daemon, tests. */
#pragma once
#include <stdbool.h>

#include "model/state.h"

/* Every consequence of one answer; nothing here acts. */
struct mp_transition {
	enum mp_path_state state; /* the path's state from now on */
	bool changed; /* state differs from before in a way worth a log line */
	bool fail; /* tell the kernel: fail_path */
	bool reinstate; /* tell the kernel: reinstate_path */
	bool count_failure; /* path_faults + 1 */
	/*
	 * was not active, is now: check the WWID first, then reinstate, enable its group, refresh
	 * priorities
	 */
	bool came_up;
	bool went_down; /* was active, is not now: queueing, failback timer */
	bool check_soon; /* interval back to polling_interval */
	bool check_later; /* interval doubles */
	bool retry_at_once; /* answer is pending: ask again in a second */
};

/**
 * mp_transition_make() - one row of the table of path states
 * @old:	the path's state
 * @answer:	of the checker; delayed: it was good, but the path is held back
 * @dm:	what the kernel's map thinks of the path
 * @in_map:	is the path part of a kernel map at all?
 * @proven:	mp_path_is_proven(): nothing else is ever reinstated
 */
struct mp_transition mp_transition_make(enum mp_path_state old, enum mp_path_state answer,
					enum mp_dm_state dm, bool in_map, bool proven);

/**
 * mp_transition_sync() - message that brings the kernel in step after a table load or an event,
 * without a new answer
 *
 * Return: -1 fail_path, 1 reinstate_path, 0 nothing.
 */
int mp_transition_sync(enum mp_path_state state, bool proven, enum mp_dm_state dm);

/**
 * mp_transition_may_reinstate() - true if reinstate_path can help
 * @state:	good
 * @others_active:	number of other paths of the map that are up or ghost
 *
 * A ghost path of a device that only the target itself can activate fails all I/O: alone, it is
 * better left failed.
 */
bool mp_transition_may_reinstate(enum mp_path_state state, enum mp_tpgs tpgs,
				 unsigned others_active);

/**
 * mp_transition_next_interval() - seconds to the next check; unchanged while the answer is pending
 * (retry_at_once)
 * @current:	last interval, 0 at first
 * @min, @max:	polling_interval and max_polling_interval
 */
unsigned mp_transition_next_interval(unsigned current, const struct mp_transition *transition,
				     unsigned min, unsigned max);
