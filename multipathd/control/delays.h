/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * delays.h - a path's check has not answered in time.  For: the daemon's control.
 */
#pragma once
#include <stdint.h>

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

/** delays_on_overdue() - a deadline of the path's running check has passed */
void delays_on_overdue(struct daemon_path *path);
