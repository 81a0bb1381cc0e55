/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* no-map.h - replaces queries of kernel/dm_ioctl.c: no device is a map.  For: tests of
 * libmpathpersist. */
#pragma once
#include <errno.h>

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

int mp_dm_lock(dev_t devt, unsigned limit_msec)
{
	(void)devt;
	(void)limit_msec;
	return -ENODEV;
}
