/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* apply.h - plans become device-mapper operations.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon;
struct daemon_map;
struct mp_plan;

/**
 * apply_plan() - start all steps; nothing is decided here
 *
 * Return: 1 an operation on the table is under way (the map is touched again when it ends), 0 nothing to wait for, negative errno.
 */
int apply_plan(struct daemon_map *map, const struct mp_plan *plan);

/** apply_check_load() - what a path of the map was is not known any more, or it is gone: a load of it that still waits is called off */
void apply_check_load(struct daemon_map *map);
