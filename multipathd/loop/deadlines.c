/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/deadlines.h"

#include <stddef.h>

#include "base/cleanup.h"
#include "multipathd/loop/work.h"

void deadlines_init(struct deadlines *deadlines)
{
	for (size_t i = 0; i < ARRAY_SIZE(deadlines->by_magnitude); i++)
		CDS_INIT_LIST_HEAD(&deadlines->by_magnitude[i]);
}

void deadlines_add(struct deadlines *deadlines, struct work *work, uint64_t now_usec)
{
	struct cds_list_head *list, *before;

	CDS_INIT_LIST_HEAD(&work->in_deadlines);
	if (work->timeout_usec == 0)
		return;
	work->deadline_usec = now_usec + work->timeout_usec;
	list = &deadlines->by_magnitude[63 - __builtin_clzll(work->timeout_usec)];
	before = list->prev;
	while (before != list &&
	       caa_container_of(before, struct work, in_deadlines)->deadline_usec >
		       work->deadline_usec)
		before = before->prev;
	cds_list_add(&work->in_deadlines, before);
}

void deadlines_remove(struct work *work)
{
	cds_list_del_init(&work->in_deadlines);
}

uint64_t deadlines_first(struct deadlines *deadlines)
{
	uint64_t first = 0, deadline;

	for (size_t i = 0; i < ARRAY_SIZE(deadlines->by_magnitude); i++) {
		struct cds_list_head *list = &deadlines->by_magnitude[i];

		if (cds_list_empty(list))
			continue;
		deadline = cds_list_first_entry(list, struct work, in_deadlines)->deadline_usec;
		if (first == 0 || deadline < first)
			first = deadline;
	}
	return first;
}

struct work *deadlines_take(struct deadlines *deadlines, uint64_t now_usec)
{
	struct work *work;

	for (size_t i = 0; i < ARRAY_SIZE(deadlines->by_magnitude); i++) {
		struct cds_list_head *list = &deadlines->by_magnitude[i];

		if (cds_list_empty(list))
			continue;
		work = cds_list_first_entry(list, struct work, in_deadlines);
		if (work->deadline_usec > now_usec)
			continue;
		cds_list_del_init(&work->in_deadlines);
		return work;
	}
	return NULL;
}
