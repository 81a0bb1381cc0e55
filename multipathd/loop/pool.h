/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool.h - threads for calls that may block.  For: the daemon's rooms.
 *
 * A piece of work carries copies of its input and its answer (work.h). Work of one lane starts in
 * order.
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
 * pool_free() - end the pool; the process is about to exit as well
 *
 * Running work gets a quarter of a second to return. Finished work is then passed to done(),
 * waiting work is passed to it as skipped; work submitted from there is dropped. Workers that hang
 * are abandoned together with their work. Return: NULL.
 */
struct pool *pool_free(struct pool *pool);

/** pool_submit() - takes the work; never blocks, never fails; it starts in a later turn of the loop
 */
void pool_submit(struct pool *pool, struct work *work);

/** pool_has_begun() - Return: true if a worker has taken it; it may be done by now */
bool pool_has_begun(const struct work *work);

/**
 * pool_lacks_places() - true if it waits because its class has no place left, not because of its
 * own lane
 * @work:	submitted, not done
 */
bool pool_lacks_places(const struct pool *pool, const struct work *work);

/**
 * pool_awaits_turn() - true if it waits for other work, none of which hangs: a long burst, or a
 * busy CPU
 * @work:	submitted, not done
 */
bool pool_awaits_turn(const struct pool *pool, const struct work *work);

/** pool_cpu_usec() - CPU time used by the calling thread, for callers that charge work to its user
 */
uint64_t pool_cpu_usec(void);

/**
 * pool_stack_size() - bytes of a worker's stack; no work may come near to it
 * (tests/unit/test-stack.c)
 */
size_t pool_stack_size(void);

/** pool_is_idle() - Return: true if no work runs or waits */
bool pool_is_idle(const struct pool *pool);
