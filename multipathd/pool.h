/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - threads for calls that may block.  For: the daemon's loop.
 *
 * A piece of work carries copies in and its answer out. It belongs to a lane: path I/O to the lane of its I_T nexus,
 * operations on a map to the lane of the map. Work of one lane starts in order. A lane whose work hangs keeps at most
 * a few threads; the rest of it waits while every other lane goes on. Threads are few (POOL_THREADS) while calls return
 * in time; when all of them hang, some more are started, POOL_THREADS_MAX at most. Nobody is ever cancelled or waited
 * for.
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
	/* set by the caller */
	void (*run)(struct work *work); /* on a worker */
	void (*done)(struct work *work); /* on the loop, after run(), however late; frees the work */
	void (*expired)(struct work *work); /* on the loop, once, if it is not done in time; NULL: nobody cares */
	uint64_t lane; /* any number; equal numbers share a lane */
	bool exclusive; /* one at a time in its lane, in order; else several if the lane is healthy and work waits */
	uint64_t timeout_usec; /* from submission; 0 none */
	bool skipped; /* answer: it expired before its turn came, run() was never called */

	/* the pool's */
	struct cds_wfcq_node node;
	struct lane *in_lane;
	uint64_t deadline_usec;
	struct cds_list_head in_deadlines;
	uint64_t started_usec; /* atomically; 0: not yet */
};

enum { POOL_THREADS = 12, POOL_THREADS_MAX = 48 };

struct pool_stats {
	unsigned threads; /* that exist */
	unsigned running; /* work on a worker now */
	unsigned waiting; /* work in lanes */
	unsigned hanging; /* running longer than a second */
};

/** pool_new() - no thread is started before there is work. Return: 0, negative errno. */
int pool_new(sd_event *event, struct pool **ret);

/** pool_free() - workers that hang are left behind, their work with them (the process is about to end). Return: NULL. */
struct pool *pool_free(struct pool *pool);

/** pool_submit() - takes the work; never blocks, never fails */
void pool_submit(struct pool *pool, struct work *work);

void pool_get_stats(const struct pool *pool, struct pool_stats *ret);

/** pool_is_idle() - nothing runs or waits */
bool pool_is_idle(const struct pool *pool);
