/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * priorities.h - the order in which an iteration of the loop serves its sources.  For: the daemon's
 * rooms.
 *
 * What comes last has a timer of PRIORITY_OVERDUE, too, so that what comes earlier cannot keep it
 * waiting. Users' clients come before it, but spend no more than their quota (accounts.h).
 */
#pragma once
#include <systemd/sd-event.h>

enum {
	PRIORITY_OVERDUE = SD_EVENT_PRIORITY_IMPORTANT,
	/* events, answers, timers, and root's clients */
	PRIORITY_NORMAL = SD_EVENT_PRIORITY_NORMAL,
	PRIORITY_USERS = SD_EVENT_PRIORITY_NORMAL + 50, /* their clients */
	/* a pass of reconciliation begins when all pending events and answers have been taken */
	PRIORITY_PASS = SD_EVENT_PRIORITY_IDLE,
	PRIORITY_LAST = SD_EVENT_PRIORITY_IDLE + 1, /* slices, and the end of root's turn */
};
