/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - threads for calls that may block.  For: the daemon's rooms.
 *
 * A piece of work carries copies in and its answer out (work.h). Work of one lane starts in order.
 * A lane whose work hangs keeps at most the threads that it had, up to six; the rest of it waits
 * while every other lane goes on (lane.h). Each class has threads that no other can take, and a
 * limit on how many may hang in it: work that heals never waits for work that hangs, however many
 * lanes hang (places.h). Threads are few while calls return in time, and bounded at the very most.
 * No thread is ever cancelled or waited for.
 *
 * Work that is submitted in one turn of the loop is a batch: while calls return at once, one thread
 * is woken for it and the loop is woken once for its answers. Calls that take milliseconds get more
 * threads, a few milliseconds later.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <systemd/sd-event.h>

#include "multipathd/loop/work.h"

struct pool;

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

/** pool_is_idle() - nothing runs or waits */
bool pool_is_idle(const struct pool *pool);
