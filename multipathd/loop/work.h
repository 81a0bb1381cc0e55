/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * work.h - a call that may block: copies in, its answer out.  For: the daemon's loop.
 *
 * It belongs to a lane: path I/O to the lane of its I_T nexus, operations on a map to the lane of
 * the map. A lane belongs to a class, which is what its work is for.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <urcu/list.h>
#include <urcu/wfcqueue.h>

struct lane;

enum work_class {
	WORK_QUESTIONS, /* to paths, beside checks */
	WORK_CHECKS, /* of paths */
	/* the kernel's states, state files, events, commands: a fixed number of lanes */
	WORK_HOUSE,
	WORK_TABLES, /* operations on maps */
	WORK_MESSAGES, /* to maps */
	WORK_CLASSES,
};

/*
 * A lane's number is its class and any 60 bits. The first numbers of all are WORK_HOUSE's, for
 * lanes that are named.
 */
enum { WORK_CLASS_SHIFT = 60, WORK_NAMED_LANES = 64 };

/** work_lane_number() - the lane of that hash in its class */
static inline uint64_t work_lane_number(enum work_class class, uint64_t hash)
{
	return (uint64_t) class << WORK_CLASS_SHIFT | hash >> (64 - WORK_CLASS_SHIFT);
}

/** work_class_of_lane() - the class that a lane's number belongs to */
static inline enum work_class work_class_of_lane(uint64_t number)
{
	return number < WORK_NAMED_LANES ? WORK_HOUSE :
					   (enum work_class)(number >> WORK_CLASS_SHIFT);
}

enum work_state { WORK_WAITING, WORK_TAKEN, WORK_EXPIRED };

struct work {
	/* set by the caller, the rest zero */
	/* on a worker, which is an RCU reader; never blocks inside rcu_read_lock() */
	void (*run)(struct work *work);
	/* on the loop, after run(), however late; frees the work */
	void (*done)(struct work *work);
	/* on the loop, once, if it is not done in time; NULL: the caller does not ask */
	void (*expired)(struct work *work);
	/* work_lane_number(), or below WORK_NAMED_LANES; equal numbers share a lane */
	uint64_t lane;
	/* nothing else of its lane runs meanwhile; else several at once if the lane is healthy */
	bool exclusive;
	uint64_t timeout_usec; /* from submission; 0 none */

	/*
	 * Answer: it expired before its turn came, or the pool ended; run() was never called.
	 * done() follows when its turn comes, or at once.
	 */
	bool skipped;

	/*
	 * For run(): many of its class hang. It had better find out whether its own call would,
	 * without waiting.
	 */
	bool sparing;

	/* the pool's */
	struct cds_wfcq_node node;
	struct lane *in_lane;
	uint64_t deadline_usec;
	struct cds_list_head in_deadlines;
	int state; /* enum work_state, atomic */
};

/** work_has_begun() - did a worker take it? It may be done by now. */
static inline bool work_has_begun(const struct work *work)
{
	return __atomic_load_n(&work->state, __ATOMIC_RELAXED) == WORK_TAKEN;
}
