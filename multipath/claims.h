/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* claims.h - answers for udev: is this device a path, is this map usable.  For: front.c. */
#pragma once
#include <stdbool.h>

struct arguments;

/**
 * claims_is_path() - multipath -c and -u: prints properties for udev
 *
 * The device is a node (-c), or a kernel name with its properties in the environment (-u).
 * Return: exit status.
 */
int claims_is_path(const struct arguments *arguments);

/** claims_is_usable() - multipath -C and -U: has the map a path that is up and active? No I/O. Return: exit status. */
int claims_is_usable(const struct arguments *arguments);
