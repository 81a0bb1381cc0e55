/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/linear.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "kernel/dm_task.h"

#define TARGET "linear"

void mp_linear_fini(struct mp_linear *linear)
{
	free(linear->name);
	free(linear->uuid);
	*linear = (struct mp_linear){ 0 };
}

/* "MAJOR:MINOR START" */
static bool parse_params(const char *params, struct mp_linear *linear)
{
	unsigned maj, min;
	unsigned long long start;
	int end = -1;

	if (sscanf(params, "%u:%u %llu%n", &maj, &min, &start, &end) != 3 || end < 0 || params[end])
		return false;
	linear->on = makedev(maj, min);
	linear->start_sectors = start;
	return true;
}

static void take_table(struct dm_task *task, struct mp_linear *linear)
{
	uint64_t start = 0;
	char *type = NULL, *params = NULL;
	void *next = dm_get_next_target(task, NULL, &start, &linear->size_sectors, &type, &params);

	linear->is_empty = !type;
	linear->is_linear = type && !next && start == 0 && !strcmp(type, TARGET) &&
			    parse_params(params, linear);
}

/* @task: addresses the device */
static int read_table(struct dm_task *task, struct mp_linear *ret)
{
	_cleanup_(mp_linear_fini) struct mp_linear linear = { 0 };
	struct dm_info info;
	int r;

	if (!dm_task_no_flush(task))
		return -EIO;
	r = mp_dm_task_query(task, &info);
	if (r < 0)
		return r;
	linear.name = strdup(dm_task_get_name(task));
	linear.uuid = strdup(dm_task_get_uuid(task));
	if (!linear.name || !linear.uuid)
		return -ENOMEM;
	linear.devt = makedev(info.major, info.minor);
	linear.open_count = info.open_count;
	linear.read_only = info.read_only;
	linear.suspended = info.suspended;
	linear.deferred = info.deferred_remove;
	take_table(task, &linear);
	*ret = linear;
	linear = (struct mp_linear){ 0 };
	return 0;
}

int mp_linear_read(dev_t devt, struct mp_linear *ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_devt(DM_DEVICE_TABLE, devt, &task);

	return r < 0 ? r : read_table(task, ret);
}

int mp_linear_read_uuid(const char *uuid, struct mp_linear *ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_uuid(DM_DEVICE_TABLE, uuid, &task);

	return r < 0 ? r : read_table(task, ret);
}

/*
 * udev makes the nodes, and the library keeps away; without udev (a container, a rescue system) it
 * makes them itself.
 */
static bool udev_runs(void)
{
	return access("/run/udev/control", F_OK) == 0;
}

static uint16_t cookie_bits(uint16_t bits)
{
	return bits | (udev_runs() ? DM_UDEV_DISABLE_LIBRARY_FALLBACK : 0);
}

static int set_cookie(struct dm_task *task, uint16_t bits)
{
	return mp_dm_task_set_cookie(task, cookie_bits(bits));
}

static int add_target(struct dm_task *task, const struct mp_linear_spec *spec)
{
	char params[64];

	snprintf(params, sizeof(params), "%u:%u %llu", major(spec->on), minor(spec->on),
		 (unsigned long long)spec->start_sectors);
	if ((spec->read_only && !dm_task_set_ro(task)) ||
	    !dm_task_add_target(task, 0, spec->size_sectors, TARGET, params))
		return -ENOMEM;
	return 0;
}

int mp_linear_create(const struct mp_linear_spec *spec, dev_t *ret)
{
	_cleanup_task_ struct dm_task *task = NULL;
	struct dm_info info;
	int r = mp_dm_task_new_uuid(DM_DEVICE_CREATE, spec->uuid, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_name(task, spec->name))
		return -EINVAL;
	if (!dm_task_set_mode(task, spec->mode) || !dm_task_set_uid(task, spec->uid) ||
	    !dm_task_set_gid(task, spec->gid))
		return -EIO;
	r = add_target(task, spec);
	if (r == 0)
		r = set_cookie(task, 0);
	if (r == 0)
		r = mp_dm_task_run(task);
	if (r < 0)
		return r == -EBUSY ? -EEXIST : r;
	if (!dm_task_get_info(task, &info))
		return -EIO;
	*ret = makedev(info.major, info.minor);
	return 0;
}

/* Resuming a device without a new table brings the old one back. */
static int resume(const char *uuid)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_uuid(DM_DEVICE_RESUME, uuid, &task);

	if (r < 0)
		return r;
	if (!dm_task_no_flush(task) || !dm_task_skip_lockfs(task))
		return -EIO;
	r = set_cookie(task, DM_SUBSYSTEM_UDEV_FLAG0);
	return r < 0 ? r : mp_dm_task_run(task);
}

/* Forgets the table that waits to be resumed. */
static void clear(const char *uuid)
{
	_cleanup_task_ struct dm_task *task = NULL;

	if (mp_dm_task_new_uuid(DM_DEVICE_CLEAR, uuid, &task) == 0)
		mp_dm_task_run(task);
}

int mp_linear_reload(const struct mp_linear_spec *spec)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_uuid(DM_DEVICE_RELOAD, spec->uuid, &task);

	if (r < 0)
		return r;
	r = add_target(task, spec);
	if (r == 0)
		r = mp_dm_task_run(task);
	if (r < 0)
		return r;
	r = resume(spec->uuid);
	if (r < 0) {
		clear(spec->uuid);
		resume(spec->uuid); /* it may have been suspended for the new one */
	}
	return r;
}

int mp_linear_rename(const char *name, const char *new_name)
{
	int r = mp_dm_task_rename(name, new_name, cookie_bits(0));

	return r == -EBUSY ? -EEXIST : r;
}

int mp_linear_remove(const char *name, const char *uuid)
{
	_cleanup_task_ struct dm_task *task = NULL;
	/* The library removes the nodes of what has been named to it. */
	bool by_name = !*uuid || !udev_runs();
	int r = by_name ? mp_dm_task_new(DM_DEVICE_REMOVE, &task) :
			  mp_dm_task_new_uuid(DM_DEVICE_REMOVE, uuid, &task);

	if (r < 0)
		return r;
	if (by_name && !dm_task_set_name(task, name))
		return -EINVAL;
	r = set_cookie(task, 0);
	return r < 0 ? r : mp_dm_task_run(task);
}
