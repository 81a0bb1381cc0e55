/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/lane.h"

enum {
	RUNNERS_FIRST = 2,
	RUNNERS_MAX = 6,
	RUNNERS_HANGING = 2,
};

void lane_init(struct lane *lane, uint64_t number)
{
	*lane = (struct lane){
		.number = number,
		.class = work_class_of_lane(number),
		.runners_max = RUNNERS_FIRST,
	};
	works_init(&lane->works);
	CDS_INIT_LIST_HEAD(&lane->in_open);
	CDS_INIT_LIST_HEAD(&lane->in_hanging);
}

bool lane_is_open(struct lane *lane, bool places_are_scarce)
{
	const struct work *first = works_first(&lane->works);
	unsigned max = lane->runners_max;

	if (!first || lane->exclusive)
		return false;
	if (first->exclusive)
		return lane->running == 0;
	if (lane->hanging)
		max = places_are_scarce ? 1 : RUNNERS_HANGING;
	return lane->running < max;
}

void lane_begin(struct lane *lane, const struct work *work)
{
	lane->running++;
	lane->exclusive = work->exclusive;
}

void lane_finish(struct lane *lane, bool has_hung)
{
	lane->running--;
	lane->exclusive = false;
	if (has_hung) {
		lane->hanging--;
		lane->runners_max = RUNNERS_FIRST;
	} else if (lane->runners_max < RUNNERS_MAX) {
		lane->runners_max++;
	}
}
