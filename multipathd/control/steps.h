/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* steps.h - carries out plans by operations on maps.  For: the daemon's control and commands. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon_map;
struct mp_plan;
struct table_job;

/**
 * steps_make_job() - the operation on its table that a plan asks for; changes nothing
 * @ret:	table_job_free(). Without memory for that it has no locks.
 *
 * Return: 0 or -ENOMEM.
 */
int steps_make_job(const struct daemon_map *map, const struct mp_plan *plan,
		   struct table_job **ret);

/**
 * steps_apply() - start all steps of a plan; nothing is decided here
 *
 * Return: 1 if an operation on the table is in progress (the map is touched again when it ends), 0
 * if there is nothing to wait for, negative errno.
 */
int steps_apply(struct daemon_map *map, const struct mp_plan *plan);

/**
 * steps_remove() - remove a map unless it is in use, or @deferred: when it is closed; @request is
 * answered when this is done. Return: 0, -ENOMEM: nothing was started.
 */
int steps_remove(struct daemon_map *map, bool deferred, bool by_operator, uint64_t request);

/** steps_suspend() - suspend a map; @resume: resume it. Return: as steps_remove() */
int steps_suspend(struct daemon_map *map, bool resume, uint64_t request);

/**
 * steps_own_node() - set mode, uid and gid of its node; call it whenever udev has processed the map
 */
void steps_own_node(struct daemon_map *map);
