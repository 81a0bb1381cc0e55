/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * deadlines.h - when submitted work expires.  For: pool; no clock.
 *
 * Kept in lists by the timeout's magnitude: equal timeouts share a list and are added at its end,
 * without a search.
 */
#pragma once
#include <stdint.h>
#include <urcu/list.h>

struct work;

struct deadlines {
	struct cds_list_head by_magnitude[64];
};

/** deadlines_init() - none */
void deadlines_init(struct deadlines *deadlines);

/** deadlines_add() - work->timeout_usec from now, if it has one */
void deadlines_add(struct deadlines *deadlines, struct work *work, uint64_t now_usec);

/** deadlines_remove() - the work is done; it may have no deadline, or have expired */
void deadlines_remove(struct work *work);

/** deadlines_first() - Return: the earliest; 0: there is none. */
uint64_t deadlines_first(struct deadlines *deadlines);

/** deadlines_take() - remove work that has expired. Return: NULL: there is none left. */
struct work *deadlines_take(struct deadlines *deadlines, uint64_t now_usec);
