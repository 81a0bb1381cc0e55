/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lane.h - work that starts in order.  For: pool, crew.
 *
 * It starts with two threads, and gets one more, up to six, for each answer that comes in time.
 * While work of it hangs, more is started only if fewer than two run, or none while places of its
 * class are scarce; the rest waits. All that was running by then may hang: up to six.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <urcu/list.h>

#include "base/hash.h"
#include "multipathd/loop/work.h"
#include "multipathd/loop/works.h"

struct lane {
	/* the loop's */
	struct mp_hash_node by_number;
	struct cds_list_head in_lanes;
	uint64_t number;
	unsigned count; /* submitted and not done; the lane lives as long */
	enum work_class class; /* constant */

	/* from the loop to workers */
	struct works works;

	/* under the crew's mutex */
	struct cds_list_head in_open;
	struct cds_list_head in_hanging;
	unsigned running;
	unsigned hanging;
	unsigned runners_max;
	bool exclusive; /* what runs is alone */
};

/** lane_init() - empty */
void lane_init(struct lane *lane, uint64_t number);

/** lane_is_open() - Return: true if it has work that may start now, given a place */
bool lane_is_open(struct lane *lane, bool places_are_scarce);

/** lane_begin() - work of it starts */
void lane_begin(struct lane *lane, const struct work *work);

/** lane_finish() - work of it has returned, having hung or not */
void lane_finish(struct lane *lane, bool has_hung);
