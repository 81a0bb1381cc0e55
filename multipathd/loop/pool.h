/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - threads for calls that may block.  For: the daemon's loop.
 *
 * A piece of work carries copies in and its answer out. It belongs to a lane: path I/O to the lane
 * of its I_T nexus, operations on a map to the lane of the map. Work of one lane starts in order. A
 * lane whose work hangs keeps at most two threads; the rest of it waits while every other lane goes
 * on.
 *
 * A lane belongs to a class, which is what its work is for. Each class has threads that no other
 * can take, and a limit on how many may hang in it: work that heals never waits for work that
 * hangs, however many lanes hang. Threads are few (POOL_THREADS) while calls return in time, and
 * POOL_THREADS_MAX at the very most. No thread is ever cancelled or waited for.
 *
 * Work that is submitted in one turn of the loop is a batch: while calls return at once, one thread
 * is woken for it and the loop is woken once for its answers. Calls that take milliseconds get more
 * threads, a few milliseconds later.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>
#include <urcu/wfcqueue.h>

struct pool;
struct lane;

enum pool_class {
	POOL_QUESTIONS, /* to paths, beside checks */
	POOL_CHECKS, /* of paths */
	/* the kernel's states, state files, events, commands: a fixed number of lanes */
	POOL_HOUSE,
	POOL_TABLES, /* operations on maps */
	POOL_MESSAGES, /* to maps */
	POOL_CLASSES,
};

/*
 * A lane's number is its class and any 60 bits. The first numbers of all are POOL_HOUSE's, for
 * lanes that are named.
 */
enum { POOL_CLASS_SHIFT = 60, POOL_NAMED_LANES = 64 };

static inline uint64_t pool_lane_number(enum pool_class class, uint64_t hash)
{
	return (uint64_t) class << POOL_CLASS_SHIFT | hash >> (64 - POOL_CLASS_SHIFT);
}

struct work {
	/* set by the caller, the rest zero */
	/* on a worker, which is an RCU reader; never blocks inside rcu_read_lock() */
	void (*run)(struct work *work);
	/* on the loop, after run(), however late; frees the work */
	void (*done)(struct work *work);
	/* on the loop, once, if it is not done in time; NULL: nobody cares */
	void (*expired)(struct work *work);
	/* pool_lane_number(), or below POOL_NAMED_LANES; equal numbers share a lane */
	uint64_t lane;
	/* nothing else of its lane runs meanwhile; else several at once if the lane is healthy */
	bool exclusive;
	uint64_t timeout_usec; /* from submission; 0 none */

	/*
	 * Answer: it expired before its turn came, run() was never called. done() follows when its
	 * turn comes.
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
	int state;
};

enum { POOL_THREADS = 14, POOL_THREADS_MAX = 112 };

struct pool_stats {
	unsigned threads; /* that exist */
	unsigned running; /* work on a worker now */
	unsigned waiting; /* work in lanes */
	unsigned hanging; /* running longer than about a quarter of a second */
};

/** pool_new() - no thread is started before there is work. Return: 0, negative errno. */
int pool_new(sd_event *event, struct pool **ret);

/**
 * pool_free() - end it; the process is about to end, too
 *
 * What runs gets a quarter of a second to return. Then what is done comes back through done(), and
 * what waits comes back as skipped; whatever is submitted from there is dropped. Workers that hang
 * are left behind, and their work with them.
 * Return: NULL.
 */
struct pool *pool_free(struct pool *pool);

/** pool_submit() - takes the work; never blocks, never fails; the loop must turn for it to start */
void pool_submit(struct pool *pool, struct work *work);

/** pool_has_begun() - did a worker take it? It may be done by now. */
bool pool_has_begun(const struct work *work);

/**
 * pool_lacks_places() - it waits because its class has no place left, through no fault of its own
 * lane
 * @work:	submitted, not done
 */
bool pool_lacks_places(const struct pool *pool, const struct work *work);

/**
 * pool_awaits_turn() - it waits behind other work, none of which hangs: a burst is long, or the CPU
 * is wanted elsewhere
 * @work:	submitted, not done
 */
bool pool_awaits_turn(const struct pool *pool, const struct work *work);

/** pool_cpu_usec() - what the calling thread has had of a CPU, for who charges work to its user */
uint64_t pool_cpu_usec(void);

/**
 * pool_stack_size() - bytes of a worker's stack; no work may come near to it
 * (tests/unit/test-stack.c)
 */
size_t pool_stack_size(void);

void pool_get_stats(const struct pool *pool, struct pool_stats *ret);

/** pool_is_idle() - nothing runs or waits */
bool pool_is_idle(const struct pool *pool);
