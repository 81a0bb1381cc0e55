/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - threads for calls that may block.  For: the daemon's loop.
 *
 * A piece of work carries copies in and its answer out. It belongs to a lane: path I/O to the lane of its I_T nexus,
 * operations on a map to the lane of the map. Work of one lane starts in order. A lane whose work hangs keeps at most
 * two threads; the rest of it waits while every other lane goes on. Threads are few (POOL_THREADS) while calls return
 * in time; when most of them hang, some more are started, POOL_THREADS_MAX at most. Nobody is ever cancelled or waited
 * for.
 *
 * Work that is submitted in one turn of the loop is a batch: while calls return at once, one thread is woken for it
 * and the loop is woken once for its answers. Calls that take milliseconds get more threads, a few milliseconds later.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>
#include <urcu/wfcqueue.h>

struct pool;
struct lane;

struct work {
	/* set by the caller, the rest zero */
	void (*run)(struct work *work); /* on a worker, which is an RCU reader; never blocks inside rcu_read_lock() */
	void (*done)(struct work *work); /* on the loop, after run(), however late; frees the work */
	void (*expired)(struct work *work); /* on the loop, once, if it is not done in time; NULL: nobody cares */
	uint64_t lane; /* any number; equal numbers share a lane */
	bool exclusive; /* nothing else of its lane runs meanwhile; else several at once if the lane is healthy */
	uint64_t timeout_usec; /* from submission; 0 none */

	/* Answer: it expired before its turn came, run() was never called. done() follows when its turn comes. */
	bool skipped;

	/* the pool's */
	struct cds_wfcq_node node;
	struct lane *in_lane;
	uint64_t deadline_usec;
	struct cds_list_head in_deadlines;
	int state;
};

enum { POOL_THREADS = 12, POOL_THREADS_MAX = 48 };

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
 * What runs gets a quarter of a second to return. Then what is done comes back through done(), and what waits comes back
 * as skipped; whatever is submitted from there is dropped. Workers that hang are left behind, and their work with them.
 * Return: NULL.
 */
struct pool *pool_free(struct pool *pool);

/** pool_submit() - takes the work; never blocks, never fails; the loop must turn for it to start */
void pool_submit(struct pool *pool, struct work *work);

/** pool_has_begun() - did a worker take it? It may be done by now. */
bool pool_has_begun(const struct work *work);

void pool_get_stats(const struct pool *pool, struct pool_stats *ret);

/** pool_is_idle() - nothing runs or waits */
bool pool_is_idle(const struct pool *pool);
