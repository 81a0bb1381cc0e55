/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/descriptors.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"

/*
 * The kernel closes a block device under a lock that it also holds while it reads the partition
 * table: from a device that is just being discovered, or that hangs, this may take long.
 */
struct descriptor_close {
	struct work work;
	struct descriptor_close *next; /* of descriptors->closing */
	int fd;
};

struct descriptors {
	unsigned locking; /* operations in progress that may have locked some */
	struct descriptor_close *closing; /* closed when none of those is left */
};

static void descriptor_close_run(struct work *work)
{
	close(caa_container_of(work, struct descriptor_close, work)->fd);
}

static void descriptor_close_done(struct work *work)
{
	struct descriptor_close *closing = caa_container_of(work, struct descriptor_close, work);

	if (work->skipped)
		close(closing->fd);
	free(closing);
}

void descriptors_close(struct daemon *daemon, int fd, uint64_t lane)
{
	struct descriptors *descriptors = daemon->descriptors;
	struct descriptor_close *closing = daemon->pool ? calloc(1, sizeof(*closing)) : NULL;

	if (!closing) {
		close(fd);
		return;
	}
	closing->fd = fd;
	closing->work = (struct work){ .run = descriptor_close_run,
				       .done = descriptor_close_done,
				       .lane = lane };
	if (!descriptors->locking) {
		pool_submit(daemon->pool, &closing->work);
		return;
	}
	closing->next = descriptors->closing;
	descriptors->closing = closing;
}

void descriptors_begin_locking(struct daemon *daemon)
{
	daemon->descriptors->locking++;
}

static struct descriptor_close *descriptors_pop(struct descriptors *descriptors)
{
	struct descriptor_close *closing = descriptors->closing;

	if (closing)
		descriptors->closing = closing->next;
	return closing;
}

void descriptors_end_locking(struct daemon *daemon)
{
	struct descriptor_close *closing;

	if (--daemon->descriptors->locking)
		return;
	while ((closing = descriptors_pop(daemon->descriptors)))
		pool_submit(daemon->pool, &closing->work);
}

int descriptors_new(struct descriptors **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct descriptors *descriptors_free(struct descriptors *descriptors)
{
	struct descriptor_close *closing;

	while (descriptors && (closing = descriptors_pop(descriptors))) {
		close(closing->fd);
		free(closing);
	}
	free(descriptors);
	return NULL;
}
