/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/udev_queue.h"

#include <libudev.h>
#include <poll.h>

#include "base/clock.h"

void mp_udev_queue_wait(unsigned limit_msec)
{
	uint64_t end = mp_clock_msec() + limit_msec, now;
	struct udev *udev = udev_new();
	struct udev_queue *queue = udev ? udev_queue_new(udev) : NULL;
	struct pollfd poll_for = { .fd = queue ? udev_queue_get_fd(queue) : -1, .events = POLLIN };

	while (poll_for.fd >= 0 && !udev_queue_get_queue_is_empty(queue) &&
	       (now = mp_clock_msec()) < end) {
		if (poll(&poll_for, 1, end - now) > 0)
			udev_queue_flush(queue);
	}
	udev_queue_unref(queue);
	udev_unref(udev);
}
