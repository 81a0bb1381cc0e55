/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reassign.h - makes dm devices that are stacked on a path of a map use the map instead.  For: the
 * daemon's control and commands.
 */
#pragma once
#include <stdint.h>

struct daemon_map;

/** reassign_start() - @request is answered when it is done. Return: 0 or -ENOMEM. */
int reassign_start(struct daemon_map *map, uint64_t request);
