/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm_library.h"

#include <errno.h>
#include <libdevmapper.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kernel/dm_events.h"
#include "kernel/dm_task.h"

#define TARGET "multipath"
#define FIRST_IPC_NAMESPACE 0xEFFFFFFFU /* the inode of the one that the system has booted with */

/*
 * libdevmapper has one log function and no argument for it; both are set before there is a second
 * thread.
 */
static mp_dm_log_fn log_text;

static void on_library_log(int level, const char *file, int line, int error_or_class,
			   const char *format, ...)
{
	/*
	 * its levels: 2 fatal, 3 error, 4 warning, 5 notice, 6 info, 7 debug. Errors reach the
	 * caller as such.
	 */
	static const int levels[] = { 0,
				      0,
				      LOG_LEVEL_ERROR,
				      LOG_LEVEL_INFO,
				      LOG_LEVEL_INFO,
				      LOG_LEVEL_DEBUG,
				      LOG_LEVEL_DEBUG };
	unsigned known = level & 0x0f; /* the rest are flags */
	char text[1024];
	va_list args;

	(void)file;
	(void)line;
	(void)error_or_class;
	if (!log_text || known >= ARRAY_SIZE(levels))
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	log_text(levels[known], text);
}

static int parse_version(const char *text, unsigned *version)
{
	return sscanf(text, "%u.%u.%u", &version[0], &version[1], &version[2]) == 3 ?
		       0 :
		       -EPROTONOSUPPORT;
}

/* Return: 0, -EOPNOTSUPP if the kernel has not loaded the target. */
static int read_versions(struct mp_dm_versions *versions)
{
	_cleanup_task_ struct dm_task *task = NULL;
	struct dm_versions *target, *last = NULL;
	char text[64];
	int r = mp_dm_task_new(DM_DEVICE_LIST_VERSIONS, &task);

	if (r == 0)
		r = mp_dm_task_run(task);
	if (r < 0)
		return r;
	if (!dm_task_get_driver_version(task, text, sizeof(text)) ||
	    parse_version(text, versions->driver) < 0 || versions->driver[0] != 4)
		return -EPROTONOSUPPORT;

	for (target = dm_task_get_versions(task); target && target != last;
	     target = (struct dm_versions *)((char *)target + target->next)) {
		if (!strcmp(target->name, TARGET)) {
			memcpy(versions->multipath, target->version, sizeof(versions->multipath));
			return 0;
		}
		last = target;
	}
	return -EOPNOTSUPP;
}

/* Asking for one target's version makes the kernel load it. */
static void load_target(void)
{
	_cleanup_task_ struct dm_task *task = NULL;

	if (mp_dm_task_new(DM_DEVICE_GET_TARGET_VERSION, &task) == 0 &&
	    dm_task_set_name(task, TARGET))
		dm_task_run(task);
}

/*
 * udev says on a semaphore that it is done, in its own IPC name space, the system's first one. In
 * another, a container's for instance, nobody would ever say so.
 */
static bool shares_semaphores_with_udev(void)
{
	struct stat mine;

	return stat("/proc/self/ns/ipc", &mine) < 0 || mine.st_ino == FIRST_IPC_NAMESPACE;
}

static void library_open(bool wait_for_udev, mp_dm_log_fn log)
{
	log_text = log;
	dm_log_with_errno_init(on_library_log);
	dm_udev_set_sync_support(wait_for_udev && shares_semaphores_with_udev());
	dm_hold_control_dev(1);
	mp_dm_task_forget_cookie();
}

int mp_dm_open(bool wait_for_udev, mp_dm_log_fn log, struct mp_dm_versions *versions)
{
	int r;

	library_open(wait_for_udev, log);
	/*
	 * Whatever the library does once (opening the control device, agreeing on a version), it
	 * does here.
	 */
	r = read_versions(versions);
	if (r == -EOPNOTSUPP) {
		load_target();
		r = read_versions(versions);
	}
	return r;
}

void mp_dm_explain(int error, struct mp_strbuf *buf)
{
	switch (error) {
	case -EOPNOTSUPP:
		mp_strbuf_puts(buf, "the kernel has no multipath target (modprobe dm-multipath)");
		break;
	case -EPROTONOSUPPORT:
		mp_strbuf_puts(buf,
			       "the kernel's device-mapper interface has an incompatible version");
		break;
	case -ENOMEM:
		mp_strbuf_puts(buf, strerror(ENOMEM));
		break;
	default:
		mp_strbuf_printf(buf, "cannot open " MP_DM_CONTROL_FILE ": %s", strerror(-error));
	}
}

int mp_dm_open_any(bool wait_for_udev, mp_dm_log_fn log)
{
	char version[64];

	library_open(wait_for_udev, log);
	return dm_driver_version(version, sizeof(version)) ? 0 : mp_dm_task_error();
}

void mp_dm_wait(void)
{
	mp_dm_task_wait();
}

void mp_dm_close(void)
{
	mp_dm_wait();
	dm_hold_control_dev(0);
	dm_lib_release();
	dm_log_with_errno_init(NULL);
	log_text = NULL;
}
