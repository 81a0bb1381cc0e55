/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm_task.h - libdevmapper's tasks with errno and scope-bound ownership.  For: dm.c and linear.c
 * alone.
 */
#pragma once
#include <errno.h>
#include <libdevmapper.h>
#include <stdint.h>
#include <sys/sysmacros.h>
#include <sys/types.h>

#include "base/cleanup.h"

static inline void task_freep(struct dm_task **task)
{
	if (*task)
		dm_task_destroy(*task);
}

#define _cleanup_task_ _cleanup_(task_freep)

/**
 * mp_dm_task_error() - why dm_task_create() failed. Return: negative errno; -ENOMEM if the kernel
 * answers
 */
int mp_dm_task_error(void);

static inline int task_new(int type, struct dm_task **ret)
{
	*ret = dm_task_create(type);
	return *ret ? 0 : mp_dm_task_error();
}

static inline int task_new_devt(int type, dev_t devt, struct dm_task **ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new(type, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_major(task, major(devt)) || !dm_task_set_minor(task, minor(devt)))
		return -EIO;
	*ret = TAKE_PTR(task);
	return 0;
}

/* A task that addresses a device by UUID alone. */
static inline int task_new_uuid(int type, const char *uuid, struct dm_task **ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new(type, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_uuid(task, uuid))
		return -ENAMETOOLONG;
	*ret = TAKE_PTR(task);
	return 0;
}

static inline int task_run(struct dm_task *task)
{
	int error;

	if (dm_task_run(task))
		return 0;
	error = dm_task_get_errno(task);
	return error == ENXIO ? -ENODEV : error ? -error : -EIO;
}

/* Runs a task that asks about a device. Return: 0, -ENODEV there is none, negative errno. */
static inline int task_query(struct dm_task *task, struct dm_info *info)
{
	int r = task_run(task);

	if (r < 0)
		return r;
	if (!dm_task_get_info(task, info))
		return -EIO;
	return info->exists ? 0 : -ENODEV;
}

/**
 * mp_dm_task_set_cookie() - flags for udev, and the shared cookie if mp_dm_open() was told to wait
 */
int mp_dm_task_set_cookie(struct dm_task *task, uint16_t bits);

/**
 * mp_dm_task_rename() - with those flags for udev, and that cookie. Return: 0, -EBUSY the name is
 * taken, negative errno.
 */
int mp_dm_task_rename(const char *name, const char *new_name, uint16_t bits);
