/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm_lock.h"

#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/lock.h"
#include "kernel/dm_ioctl.h"

/* Bytes of the control node: it has none, and only root may open it. */
int mp_dm_lock(dev_t devt, enum mp_dm_lock which, unsigned limit_msec)
{
	_cleanup_close_ int fd = mp_dm_ioctl_open();
	const struct mp_lock lock = { .fd = fd,
				      .start = 2 * (off_t)minor(devt) + which,
				      .length = 1 };
	int r = fd < 0 ? fd : mp_lock_take(&lock, limit_msec);

	return r < 0 ? r : TAKE_FD(fd);
}

void mp_dm_unlock(int *fd)
{
	if (*fd >= 0)
		mp_lock_release(*fd);
	mp_closep(fd);
}
