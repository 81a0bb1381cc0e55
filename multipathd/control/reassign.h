/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reassign.h - other dm devices that use a path of a map use the map from now on.  For: the
 * daemon's control and commands.
 */
#pragma once
#include <stdint.h>

struct daemon_map;

/** reassign_start() - @request is answered when it is done. Return: 0 or -ENOMEM. */
int reassign_start(struct daemon_map *map, uint64_t request);
