/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm_task.h - libdevmapper's tasks with errno and scope-bound ownership.  For: the files
 * dm*.c and linear.c alone.
 */
#pragma once
#include <libdevmapper.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cleanup.h"

/** task_freep() - destroy the task if there is one, for _cleanup_() */
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

/** mp_dm_task_new() - a task of @type. Return: 0 or negative errno */
int mp_dm_task_new(int type, struct dm_task **ret);

/** mp_dm_task_new_devt() - one that addresses a device by number */
int mp_dm_task_new_devt(int type, dev_t devt, struct dm_task **ret);

/** mp_dm_task_new_uuid() - one that addresses a device by UUID alone */
int mp_dm_task_new_uuid(int type, const char *uuid, struct dm_task **ret);

/** mp_dm_task_run() - Return: 0, -ENODEV no such device, negative errno of the ioctl */
int mp_dm_task_run(struct dm_task *task);

/** mp_dm_task_query() - run one that asks about a device. Return: 0, -ENODEV, negative errno */
int mp_dm_task_query(struct dm_task *task, struct dm_info *info);

/**
 * mp_dm_task_set_cookie() - flags for udev, and the shared cookie if mp_dm_open() was told to wait
 */
int mp_dm_task_set_cookie(struct dm_task *task, uint16_t bits);

/**
 * mp_dm_task_rename() - with those flags for udev, and that cookie. Return: 0, -EBUSY the name is
 * taken, negative errno.
 */
int mp_dm_task_rename(const char *name, const char *new_name, uint16_t bits);

/** mp_dm_task_wait() - until udev is done with the operations that have the shared cookie */
void mp_dm_task_wait(void);

/** mp_dm_task_forget_cookie() - the next operation makes a new one */
void mp_dm_task_forget_cookie(void);
