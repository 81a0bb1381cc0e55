/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* claims.h - answers for udev: is this device a path, is this map usable.  For: multipath(8). */
#pragma once
#include <stdbool.h>

struct mp_config;

/**
 * claims_is_path() - multipath -c and -u: prints properties for udev
 * @device:	node (-c), or kernel name with its properties in the environment (-u)
 *
 * Return: exit status.
 */
int claims_is_path(struct mp_config *config, const char *device, bool from_udev);

/** claims_is_usable() - multipath -C and -U: has the map a path that is up and active? No I/O. Return: exit status. */
int claims_is_usable(struct mp_config *config, const char *device);
