/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * works.h - a queue of work between threads: any number of threads add, one at a time takes, none
 * waits. For: lane, crew, pool.
 */
#pragma once
#include <stdbool.h>
#include <urcu/wfcqueue.h>

struct work;

struct works {
	struct __cds_wfcq_head head;
	struct cds_wfcq_tail tail;
};

/** works_init() - empty */
void works_init(struct works *works);

/** works_add() - at the end; the thread that takes it sees what was written to it. Return: true if
 * the queue was empty.
 */
bool works_add(struct works *works, struct work *work);

/** works_first() - the first, which stays queued. Return: NULL: the queue is empty. */
struct work *works_first(struct works *works);

/** works_take() - remove the first. Return: NULL: the queue is empty. */
struct work *works_take(struct works *works);

/** works_move() - all of @from to the end of @to */
void works_move(struct works *to, struct works *from);
