/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm_ioctl.h - device-mapper queries by bare ioctl, without libdevmapper, which is slow to load.
 * For: multipath(8) and other programs that run for every uevent.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "model/table.h"

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
