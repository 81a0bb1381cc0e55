/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/udev_queue.h"

#include <libudev.h>
#include <poll.h>
#include <stdint.h>
#include <time.h>

static uint64_t now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000ULL + now.tv_nsec / 1000000;
}

void mp_udev_queue_wait(unsigned limit_msec)
{
	uint64_t end = now_msec() + limit_msec, now;
	struct udev *udev = udev_new();
	struct udev_queue *queue = udev ? udev_queue_new(udev) : NULL;
	struct pollfd poll_for = { .fd = queue ? udev_queue_get_fd(queue) : -1, .events = POLLIN };

	while (poll_for.fd >= 0 && !udev_queue_get_queue_is_empty(queue) &&
	       (now = now_msec()) < end) {
		if (poll(&poll_for, 1, end - now) > 0)
			udev_queue_flush(queue);
	}
	udev_queue_unref(queue);
	udev_unref(udev);
}
