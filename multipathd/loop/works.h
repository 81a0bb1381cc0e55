/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * works.h - a queue of work between threads: any number add, one at a time takes, none waits.
 * For: lane, crew, pool.
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

/** works_add() - at the end; what was written to it is seen by who takes it. Return: it is alone.
 */
bool works_add(struct works *works, struct work *work);

/** works_first() - the first, which stays. Return: NULL: none. */
struct work *works_first(struct works *works);

/** works_take() - the first, taken out. Return: NULL: none. */
struct work *works_take(struct works *works);

/** works_move() - all of @from to the end of @to */
void works_move(struct works *to, struct works *from);
