/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udevdb.h - udev's properties of a device, from its file of udev's database and from its uevent
 * file in sysfs.  Pure.  For: probe.
 */
#pragma once
#include "base/props.h"

/**
 * mp_udevdb_parse() - add the properties of a record of the database to @ret
 * @text:	is cut up
 *
 * Lines E:NAME=VALUE, and what libudev makes of others: DEVLINKS (S:), TAGS (G:), CURRENT_TAGS
 * (Q:), USEC_INITIALIZED (I:). Other lines are skipped.
 *
 * Return: 0, -ENOMEM (@ret then holds some).
 */
int mp_udevdb_parse(char *text, struct mp_props *ret);

/**
 * mp_udevdb_parse_uevent() - add what the kernel says of a block device: lines NAME=VALUE of its
 * uevent file
 * @text:	is cut up
 *
 * DEVNAME becomes the file below /dev, as in libudev.
 *
 * Return: 0, -ENOMEM (@ret then holds some).
 */
int mp_udevdb_parse_uevent(char *text, struct mp_props *ret);
