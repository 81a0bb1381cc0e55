/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/works.h"

#include <stddef.h>

#include "multipathd/loop/work.h"

/* ThreadSanitizer does not know the memory ordering of liburcu's queues. */
#ifdef __SANITIZE_THREAD__
void __tsan_acquire(void *address);
void __tsan_release(void *address);
#define HAND_OVER(work) __tsan_release(work)
#define TAKE_OVER(work) __tsan_acquire(work)
#else
#define HAND_OVER(work) ((void)(work))
#define TAKE_OVER(work) ((void)(work))
#endif

void works_init(struct works *works)
{
	__cds_wfcq_init(&works->head, &works->tail);
}

bool works_add(struct works *works, struct work *work)
{
	cds_wfcq_node_init(&work->node);
	HAND_OVER(work);
	return !cds_wfcq_enqueue(&works->head, &works->tail, &work->node);
}

static struct work *works_of_node(struct cds_wfcq_node *node)
{
	struct work *work = node ? caa_container_of(node, struct work, node) : NULL;

	if (work)
		TAKE_OVER(work);
	return work;
}

struct work *works_first(struct works *works)
{
	return works_of_node(__cds_wfcq_first_blocking(&works->head, &works->tail));
}

struct work *works_take(struct works *works)
{
	return works_of_node(__cds_wfcq_dequeue_blocking(&works->head, &works->tail));
}

void works_move(struct works *to, struct works *from)
{
	__cds_wfcq_splice_blocking(&to->head, &to->tail, &from->head, &from->tail);
}
