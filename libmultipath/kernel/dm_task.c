/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm_task.h"

#include <errno.h>
#include <linux/dm-ioctl.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>

#include "kernel/dm_events.h"

/* All operations that wait for udev share one cookie, waited for once: mp_dm_close(). */
static uint32_t udev_cookie;

/*
 * libdevmapper asks the kernel for its version before it makes the first task, and does not say
 * what failed.
 */
int mp_dm_task_error(void)
{
	_cleanup_close_ int fd = mp_dm_events_open();
	struct dm_ioctl io = { .version = { 4, 0, 0 },
			       .data_size = sizeof(io),
			       .data_start = sizeof(io) };

	if (fd < 0)
		return fd;
	return ioctl(fd, DM_VERSION, &io) < 0 ? -errno : -ENOMEM;
}

int mp_dm_task_new(int type, struct dm_task **ret)
{
	*ret = dm_task_create(type);
	return *ret ? 0 : mp_dm_task_error();
}

int mp_dm_task_new_devt(int type, dev_t devt, struct dm_task **ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new(type, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_major(task, major(devt)) || !dm_task_set_minor(task, minor(devt)))
		return -EIO;
	*ret = TAKE_PTR(task);
	return 0;
}

int mp_dm_task_new_uuid(int type, const char *uuid, struct dm_task **ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new(type, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_uuid(task, uuid))
		return -ENAMETOOLONG;
	*ret = TAKE_PTR(task);
	return 0;
}

int mp_dm_task_run(struct dm_task *task)
{
	int error;

	if (dm_task_run(task))
		return 0;
	error = dm_task_get_errno(task);
	return error == ENXIO ? -ENODEV : error ? -error : -EIO;
}

int mp_dm_task_query(struct dm_task *task, struct dm_info *info)
{
	int r = mp_dm_task_run(task);

	if (r < 0)
		return r;
	if (!dm_task_get_info(task, info))
		return -EIO;
	return info->exists ? 0 : -ENODEV;
}

/*
 * Flags for udev travel in the upper half of the cookie; its lower half is 0 if no process waits.
 * The semaphore that is waited on is one of those that all users share: when there is none, the
 * work is done all the same, and no process waits.
 */
int mp_dm_task_set_cookie(struct dm_task *task, uint16_t bits)
{
	uint32_t nobody_waits = 0;

	if (dm_udev_get_sync_support()) {
		if (dm_task_set_cookie(task, &udev_cookie, bits))
			return 0;
		dm_udev_set_sync_support(0);
	}
	return dm_task_set_cookie(task, &nobody_waits, bits) ? 0 : -EIO;
}

int mp_dm_task_rename(const char *name, const char *new_name, uint16_t bits)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new(DM_DEVICE_RENAME, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_name(task, name) || !dm_task_set_newname(task, new_name))
		return -EINVAL;
	r = mp_dm_task_set_cookie(task, bits);
	return r < 0 ? r : mp_dm_task_run(task);
}

void mp_dm_task_wait(void)
{
	if (udev_cookie) {
		dm_udev_wait(udev_cookie);
		udev_cookie = 0;
	}
}

void mp_dm_task_forget_cookie(void)
{
	udev_cookie = 0;
}
