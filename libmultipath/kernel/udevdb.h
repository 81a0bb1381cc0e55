/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* udevdb.h - read a device's file of udev's database.  Pure.  For: probe. */
#pragma once
#include "base/props.h"

/**
 * mp_udevdb_parse() - add the properties (lines E:NAME=VALUE) to @ret; other lines are skipped
 * @text:	is cut up
 *
 * Return: 0, -ENOMEM (@ret then holds some).
 */
int mp_udevdb_parse(char *text, struct mp_props *ret);
