/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm_library.h - libdevmapper in this process: from opening the control device to letting go of it.
 * For: programs.
 */
#pragma once
#include <stdbool.h>

struct mp_strbuf;

/** mp_dm_log_fn - a message of libdevmapper; @level as LOG_LEVEL_* of base/log.h */
typedef void (*mp_dm_log_fn)(int level, const char *text);

struct mp_dm_versions {
	unsigned driver[3], multipath[3];
};

/**
 * mp_dm_open() - once per process, before any worker starts: opens the control device, sets
 * libdevmapper up, has the kernel load the multipath target if it has not
 * @wait_for_udev:	operations share a cookie that mp_dm_wait() waits for: multipath(8), one
 *		thread; the daemon passes false. Ignored in another IPC name space than udev's.
 *
 * Return: 0, -EOPNOTSUPP if the kernel has no multipath target, -EPROTONOSUPPORT if it is too old,
 * negative errno of the control device.
 */
int mp_dm_open(bool wait_for_udev, mp_dm_log_fn log, struct mp_dm_versions *versions);

/**
 * mp_dm_explain() - append what mp_dm_open() failed for: "cannot open /dev/mapper/control: No such
 * device"
 */
void mp_dm_explain(int error, struct mp_strbuf *buf);

/**
 * mp_dm_open_any() - the same for a program that has nothing to do with multipath's target. Return:
 * 0, negative errno.
 */
int mp_dm_open_any(bool wait_for_udev, mp_dm_log_fn log);

/**
 * mp_dm_wait() - until udev is done with all operations so far; at once if mp_dm_open() was told
 * not to wait
 */
void mp_dm_wait(void);

/** mp_dm_close() - mp_dm_wait(), then let go of the control device */
void mp_dm_close(void);
