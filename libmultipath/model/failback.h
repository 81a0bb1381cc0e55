/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* failback.h - when a map returns to its best group.  For: the daemon, tests. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum mp_failback_verdict {
	MP_FAILBACK_NONE,
	MP_FAILBACK_SWITCH, /* switch to the best group now */
	MP_FAILBACK_RELOAD, /* groups are out of order or made of other paths: reconcile */
	MP_FAILBACK_START_TIMER, /* deferred: start, or start again */
	MP_FAILBACK_CANCEL_TIMER,
};

struct mp_failback_input {
	int policy; /* MP_FAILBACK_* of settings.h, or seconds */
	unsigned groups;
	unsigned best; /* from 1 */
	unsigned current; /* group that the kernel uses or would use next; 0 unknown */
	bool regroup; /* grouping by priority, and priorities changed so that members would move */
	bool out_of_order; /* groups are not in order of priority any more */
	bool path_came_up; /* in this round */
	bool path_failed; /* in this round */
	/* the path that came up is in the best group, and all others of that group are down */
	bool followover;
	bool timer_running;
	bool timer_expired;
	bool awaits_udev; /* the map's creation event has not come */
};

struct mp_failback_decision {
	enum mp_failback_verdict verdict;
	const char *reason; /* constant */
};

/** mp_failback_decide() - whether I/O should move to the best group now. Pure. */
struct mp_failback_decision mp_failback_decide(const struct mp_failback_input *input);
