/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* steps.h - plans become operations on maps.  For: the daemon's control and commands. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon_map;
struct mp_plan;

/**
 * steps_apply() - start all steps of a plan; nothing is decided here
 *
 * Return: 1 an operation on the table is under way (the map is touched again when it ends), 0
 * nothing to wait for, negative errno.
 */
int steps_apply(struct daemon_map *map, const struct mp_plan *plan);

/**
 * steps_remove() - unless it is in use, or @deferred until it is not; @request is answered when
 * that is done
 */
int steps_remove(struct daemon_map *map, bool deferred, bool by_operator, uint64_t request);

/** steps_suspend() - @resume: the other way round */
int steps_suspend(struct daemon_map *map, bool resume, uint64_t request);

/**
 * steps_own_node() - mode, uid and gid of its node; to be called whenever udev had to do with it
 */
void steps_own_node(struct daemon_map *map);
