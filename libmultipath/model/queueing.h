/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * queueing.h - what happens to I/O while no path is left (no_path_retry).  For: model, daemon,
 * show.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum mp_queueing_change {
	MP_QUEUEING_KEEP = 0,
	MP_QUEUEING_ON = 1, /* send queue_if_no_path */
	MP_QUEUEING_OFF = 2, /* send fail_if_no_path */
};

struct mp_queueing {
	int policy; /* no_path_retry: MP_RETRY_* or a number of checks */
	bool recovering; /* retries tick, or the limit does */
	bool expired; /* retries are used up, or the limit has passed */
	bool failing; /* no path is active and I/O fails */
	bool disabled; /* by `disablequeueing`, or by the deletion of the last path */
	uint64_t since_usec; /* start of the recovery */
	uint64_t deadline_usec; /* of the recovery, CLOCK_MONOTONIC */
};

/* Facts for one step. */
struct mp_queueing_input {
	int policy; /* configured now */
	unsigned polling_interval_sec;
	unsigned active; /* paths up or ghost */
	unsigned pending; /* paths whose check is not answered yet */
	bool kernel_queues; /* queue_if_no_path is in the kernel's table or was last sent */
	uint64_t now_usec;
	uint64_t limited_usec; /* since then queueing is limited, whatever the policy; 0: it is not
				*/
	unsigned limit_sec;
};

/* What a step did, for counters and the log. */
struct mp_queueing_effect {
	enum mp_queueing_change change;
	bool entered_recovery; /* %4 */
	bool gave_up; /* from now on I/O fails, as no path is active and nothing queues: %x */
	unsigned queued_sec; /* seconds of recovery that ended now: %3 */
	const char *reason; /* constant, NULL if nothing happened */
};

/**
 * mp_queueing_step() - bring the state in step with the facts
 *
 * Called whenever paths, policy or time (the deadline) changed. N retries last N * polling_interval
 * + 1 seconds from the loss of the last active path. The first active path ends the recovery.
 * While queueing is limited, no map queues longer than @limit_sec from the loss of its last active
 * path, or from @limited_usec if that is later.
 * Without a policy the kernel's mode is never touched.
 */
struct mp_queueing_effect mp_queueing_step(struct mp_queueing *queueing,
					   const struct mp_queueing_input *input);

/**
 * mp_queueing_wanted() - should a table that is loaded now have queue_if_no_path? @kernel_queues if
 * no policy is set
 */
bool mp_queueing_wanted(const struct mp_queueing *queueing, unsigned active, bool kernel_queues);

/** mp_queueing_disable() - I/O fails without paths until mp_queueing_restore() */
void mp_queueing_disable(struct mp_queueing *queueing);
/** mp_queueing_restore() - no_path_retry is in force again */
void mp_queueing_restore(struct mp_queueing *queueing);

/** mp_queueing_left_sec() - seconds of recovery left, rounded up; 0 when not recovering */
unsigned mp_queueing_left_sec(const struct mp_queueing *queueing, uint64_t now_usec);
