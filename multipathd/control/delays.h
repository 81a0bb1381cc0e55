/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * delays.h - a path's next check is due, or the one under way has not answered yet.  For: the
 * daemon's lifetime.
 */
#pragma once
#include <stdint.h>

struct agenda_entry;
struct daemon_path;

/* Where a check is that has not ended. */
enum delay_queue {
	DELAY_QUEUE_BEGUN,
	DELAY_QUEUE_WAITS, /* for its turn: nothing is wrong yet */
	DELAY_QUEUE_HELD_UP, /* others hang, and leave no worker to it */
};

/* What its delay means. */
enum delay {
	DELAY_IGNORED, /* the operator failed the path */
	DELAY_QUEUED,
	DELAY_PENDING, /* until its timeout */
	DELAY_HELD_UP, /* past its timeout, but the device has not been asked */
	DELAY_TIMEOUT,
};

/**
 * delays_judge() - what it means that the check under way has not ended at @now_usec; changes
 * nothing
 */
enum delay delays_judge(const struct daemon_path *path, uint64_t now_usec, enum delay_queue queue);

/** delays_on_due() - of the agenda: a path's next check, or the deadline of the one under way */
void delays_on_due(struct agenda_entry *entry);
