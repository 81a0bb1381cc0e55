/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm_ioctl.h - device-mapper queries by bare ioctl, without libdevmapper, which is slow to load.
 * For: multipath(8) and other programs that run for every uevent.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "model/table.h"

enum { MP_DM_IOCTL_NAME_SIZE = 129 }; /* of the kernel's names and UUIDs, with the NUL */

/**
 * mp_dm_ioctl_has_map() - true if the kernel has a multipath map of this WWID. Loads no module:
 * without device-mapper there is none.
 */
bool mp_dm_ioctl_has_map(const char *wwid);

/**
 * mp_dm_ioctl_find() - the multipath map of that name, or of that WWID. Return: 0, -ENODEV,
 * negative errno.
 */
int mp_dm_ioctl_find(const char *text, dev_t *ret);

/**
 * mp_dm_ioctl_read() - table and status of a multipath map, by device number; never blocks for I/O
 * @ret:	MP_TABLE_INIT; filled on success only
 *
 * Return: 0, -ENODEV if there is no such map or it is none of ours, -EBADMSG, negative errno.
 */
int mp_dm_ioctl_read(dev_t devt, struct mp_table *ret);

/* Which map a device is. */
struct mp_dm_ioctl_map {
	char name[MP_DM_IOCTL_NAME_SIZE];
	char wwid[MP_DM_IOCTL_NAME_SIZE];
};

/**
 * mp_dm_ioctl_identify() - name and WWID of a map, by device number. Return: 0, -ENODEV if it is
 * no multipath map, or managed by gmultipath; negative errno.
 */
int mp_dm_ioctl_identify(dev_t devt, struct mp_dm_ioctl_map *ret);

/**
 * mp_dm_ioctl_open() - for those who suspend a map, and must be able to resume it. Return: a
 * descriptor, which the caller closes; negative errno.
 */
int mp_dm_ioctl_open(void);

/**
 * mp_dm_ioctl_suspend() - have a map's I/O wait, and what is under way end, without flushing it to
 * the paths and without locking file systems. Blocks, signals or not. @fd: of mp_dm_ioctl_open().
 * Return: 0, negative errno.
 */
int mp_dm_ioctl_suspend(int fd, dev_t devt);

/** mp_dm_ioctl_resume() - let it continue. Return: 0, negative errno. */
int mp_dm_ioctl_resume(int fd, dev_t devt);

/**
 * mp_dm_ioctl_probe() - is device-mapper there, with the interface that is used here? Loads its
 * module if need be. Return: 0, negative errno
 */
int mp_dm_ioctl_probe(void);
