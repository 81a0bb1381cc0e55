/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/descriptors.h"

#include <stdlib.h>
#include <unistd.h>

#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"

/*
 * The kernel closes a block device under a lock that it also holds while it reads the partition
 * table: from a device that is just being found, or that hangs, that may take long.
 */
struct device_close {
	struct work work;
	struct device_close *next; /* of daemon->closing */
	int fd;
};

static void device_close_run(struct work *work)
{
	close(caa_container_of(work, struct device_close, work)->fd);
}

static void device_close_done(struct work *work)
{
	struct device_close *closing = caa_container_of(work, struct device_close, work);

	if (work->skipped)
		close(closing->fd);
	free(closing);
}

void descriptors_close(struct daemon *daemon, int fd, uint64_t lane)
{
	struct device_close *closing = daemon->pool ? calloc(1, sizeof(*closing)) : NULL;

	if (!closing) {
		close(fd);
		return;
	}
	closing->fd = fd;
	closing->work =
		(struct work){ .run = device_close_run, .done = device_close_done, .lane = lane };
	if (!daemon->locking) {
		pool_submit(daemon->pool, &closing->work);
		return;
	}
	closing->next = daemon->closing;
	daemon->closing = closing;
}

void descriptors_begin_locking(struct daemon *daemon)
{
	daemon->locking++;
}

void descriptors_end_locking(struct daemon *daemon)
{
	struct device_close *closing;

	if (--daemon->locking)
		return;
	while ((closing = daemon->closing)) {
		daemon->closing = closing->next;
		pool_submit(daemon->pool, &closing->work);
	}
}

void descriptors_fini(struct daemon *daemon)
{
	struct device_close *closing;

	while ((closing = daemon->closing)) {
		daemon->closing = closing->next;
		close(closing->fd);
		free(closing);
	}
}
