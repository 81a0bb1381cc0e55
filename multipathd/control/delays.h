/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * delays.h - a path's check is due or overdue.  For: the daemon's lifetime.
 */
#pragma once
#include <stdint.h>

struct agenda_entry;
struct daemon_path;

/* Where an unfinished check is. */
enum delay_queue {
	DELAY_QUEUE_BEGUN,
	DELAY_QUEUE_WAITS, /* for its turn: not a problem yet */
	DELAY_QUEUE_HELD_UP, /* no worker is free because others hang */
};

/* What the delay of a check means. */
enum delay {
	DELAY_IGNORED, /* the operator failed the path */
	DELAY_QUEUED,
	DELAY_PENDING, /* its timeout has not passed yet */
	DELAY_HELD_UP, /* its timeout has passed, but the device has not been asked */
	DELAY_TIMEOUT,
};

/**
 * delays_judge() - judge a check that has not finished at @now_usec; changes nothing
 */
enum delay delays_judge(const struct daemon_path *path, uint64_t now_usec, enum delay_queue queue);

/**
 * delays_on_due() - agenda callback: a path's next check is due, or the deadline of the running
 * one has passed
 */
void delays_on_due(struct agenda_entry *entry);
