/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* no-map.h - replaces queries of kernel/dm_ioctl.c: no device is a map, and none is locked.  For:
 * tests of libmpathpersist. */
#pragma once
#include <errno.h>
#include <unistd.h>

#include "kernel/dm_ioctl.h"
#include "kernel/dm_lock.h"

int mp_dm_ioctl_identify(dev_t devt, struct mp_dm_ioctl_map *ret)
{
	(void)devt;
	(void)ret;
	return -ENODEV;
}

int mp_dm_ioctl_read(dev_t devt, struct mp_table *ret)
{
	(void)devt;
	(void)ret;
	return -ENODEV;
}

int mp_dm_lock(dev_t devt, enum mp_dm_lock which, unsigned limit_msec)
{
	(void)devt;
	(void)which;
	(void)limit_msec;
	return dup(STDERR_FILENO);
}

void mp_dm_unlock(int *fd)
{
	close(*fd);
}
