/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crew.h - the threads of a pool.  For: pool.
 *
 * It is what workers share with the loop, and the only place with a mutex. The rules:
 *
 * - The mutex is held for a few instructions only: except to start a thread, neither a system call
 *   nor a call out of the crew is made under it. Workers and the loop are woken after its release.
 * - It protects the crew's members and what lane.h says of a lane's, not the queues of work, to
 *   which the loop (of a lane) and workers (of answers) add without it. Taking from a lane needs
 *   it; answers are taken by the loop alone.
 * - From the moment work is among the answers, the loop may free it and its lane.
 * - Workers have references. The crew outlives its pool while some hang; after crew_end() they
 *   touch neither lanes nor work any more.
 *
 * A lane is on its class's list of open lanes when it has work that may start now. A worker takes
 * the first open lane of the first class that has a place, one piece of work from it, and puts the
 * lane after all others if it is still open: lanes share threads evenly.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct crew;
struct lane;
struct work;
struct works;

/** crew_new() - no thread is started before there is work. Return: 0, negative errno. */
int crew_new(struct crew **ret);

/**
 * crew_end() - start no more work; running work gets a quarter of a second to return, so that no
 * map is left suspended
 */
void crew_end(struct crew *crew);

/** crew_leave() - the pool's last call; threads that hang free the crew when they return */
void crew_leave(struct crew *crew);

/**
 * crew_answered_fd() - an eventfd written to, possibly with a delay, when there are answers;
 * edge-triggered: its count is never read
 */
int crew_answered_fd(const struct crew *crew);

/** crew_collect() - move all answers to the end of @ret */
void crew_collect(struct crew *crew, struct works *ret);

/** crew_review() - a lane that was empty has work now */
void crew_review(struct crew *crew, struct lane *lane);

/** crew_drive() - call a worker if one is needed. Return: true if the crew needs a look soon. */
bool crew_drive(struct crew *crew);

/**
 * crew_look() - find hanging work, and call as many workers as there is work for: those called
 * before have not finished
 * @now_usec:	CLOCK_MONOTONIC
 *
 * Return: true if workers were called.
 */
bool crew_look(struct crew *crew, uint64_t now_usec);

/** crew_trim() - end the threads that were not needed since the last call, except two */
void crew_trim(struct crew *crew);

/** crew_lacks_places() - work waits because its class has no place left, while its lane is open */
bool crew_lacks_places(struct crew *crew, const struct work *work);

/** crew_awaits_turn() - work waits while none of its class hangs */
bool crew_awaits_turn(struct crew *crew, const struct work *work);

/** crew_stack_size() - bytes of a worker's stack */
size_t crew_stack_size(void);
