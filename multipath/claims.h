/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* claims.h - answers for udev: is this device a path, is this map usable.  For: front.c. */
#pragma once
#include <stdbool.h>

struct arguments;
struct target;

/**
 * claims_is_path() - multipath -c and -u: prints properties for udev
 *
 * With -u, the device's properties are taken from the environment if udev set it.
 * Return: exit status.
 */
int claims_is_path(const struct arguments *arguments, const struct target *target);

/**
 * claims_is_usable() - multipath -C and -U: is a path of the map up and active? No I/O.
 * Return: exit status.
 */
int claims_is_usable(const struct target *target);
