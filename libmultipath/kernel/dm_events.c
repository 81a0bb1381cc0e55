/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm_events.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>

int mp_dm_events_open(void)
{
	int fd = open(MP_DM_CONTROL_FILE, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int mp_dm_events_arm(int fd)
{
	struct dm_ioctl io = {
		.version = { 4, 37, 0 }, /* the first that knows it */
		.data_size = sizeof(io),
		.data_start = sizeof(io),
	};

	return ioctl(fd, DM_DEV_ARM_POLL, &io) < 0 ? -errno : 0;
}
