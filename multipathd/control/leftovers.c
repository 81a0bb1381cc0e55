/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/leftovers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "config/wwids.h"
#include "kernel/dm.h"
#include "kernel/dm_lock.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/completion.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum { GRACE_SEC = 5, GRACE_AWAITED_SEC = 1, GRACE_MAX_SEC = 64 };

static const uint64_t usec_per_sec = 1000000;

struct leftovers {
	struct cds_list_head all;
};

struct leftover {
	struct cds_list_head in_all; /* of struct leftovers */
	struct daemon *daemon;
	char wwid[MP_WWID_SIZE];
	enum leftover_kind kind;
	unsigned grace_sec;
	bool reload_asked;
	sd_event_source *timer;
};

struct leftover_job {
	struct work work;
	struct daemon *daemon;
	char wwid[MP_WWID_SIZE];
	enum leftover_kind kind;
	bool without_paths; /* is resumed with a table that has none */
	bool resumed; /* it was suspended, not only given a table to be taken */
	int error; /* 1: something was done */
};

static int leftover_on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static struct leftover *leftover_find(struct daemon *daemon, const char *wwid)
{
	struct leftover *leftover;

	cds_list_for_each_entry(leftover, &daemon->leftovers->all, in_all)
		if (!strcmp(leftover->wwid, wwid))
			return leftover;
	return NULL;
}

bool leftovers_has(struct daemon *daemon, const char *wwid)
{
	return leftover_find(daemon, wwid);
}

static void leftover_free(struct leftover *leftover)
{
	leftover->daemon->operations -= leftover->daemon->inventory.options.awaits_leftovers;
	cds_list_del(&leftover->in_all);
	sd_event_source_disable_unref(leftover->timer);
	free(leftover);
}

/*
 * Only a program that may create any map repairs leftovers. One that waits for them completes a
 * half-made map by creating it.
 */
static bool leftovers_may_heal(const struct daemon *daemon, enum leftover_kind kind)
{
	const struct inventory_options *options = &daemon->inventory.options;

	return options->create && !options->dry_run && !options->only_wwid &&
	       !(options->awaits_leftovers && kind == LEFTOVER_HALF_MADE);
}

static unsigned leftovers_first_grace_sec(const struct daemon *daemon, enum leftover_kind kind)
{
	if (kind == LEFTOVER_LOADING)
		return 0;
	return daemon->inventory.options.awaits_leftovers ? GRACE_AWAITED_SEC : GRACE_SEC;
}

static void leftover_wait(struct leftover *leftover)
{
	struct daemon *daemon = leftover->daemon;

	timers_set(daemon->event, &leftover->timer,
		   daemon_now_usec(daemon) + leftover->grace_sec * usec_per_sec, leftover_on_timer,
		   leftover);
	leftover->grace_sec = leftover->grace_sec ?
				      2 * leftover->grace_sec :
				      leftovers_first_grace_sec(daemon, LEFTOVER_SUSPENDED);
	if (leftover->grace_sec > GRACE_MAX_SEC)
		leftover->grace_sec = GRACE_MAX_SEC;
}

void leftovers_found(struct daemon *daemon, const char *wwid, enum leftover_kind kind)
{
	struct leftover *leftover = leftover_find(daemon, wwid);

	if (leftover || !leftovers_may_heal(daemon, kind))
		return;
	leftover = calloc(1, sizeof(*leftover));
	if (!leftover)
		return; /* found again by the next look */
	leftover->daemon = daemon;
	leftover->kind = kind;
	leftover->grace_sec = leftovers_first_grace_sec(daemon, kind);
	snprintf(leftover->wwid, sizeof(leftover->wwid), "%s", wwid);
	cds_list_add_tail(&leftover->in_all, &daemon->leftovers->all);
	daemon->operations += daemon->inventory.options.awaits_leftovers;
	leftover_wait(leftover);
}

int leftovers_new(struct leftovers **ret)
{
	struct leftovers *leftovers = calloc(1, sizeof(*leftovers));

	if (!leftovers)
		return -ENOMEM;
	CDS_INIT_LIST_HEAD(&leftovers->all);
	*ret = leftovers;
	return 0;
}

struct leftovers *leftovers_free(struct leftovers *leftovers)
{
	struct leftover *leftover, *next;

	if (!leftovers)
		return NULL;
	cds_list_for_each_entry_safe(leftover, next, &leftovers->all, in_all)
		leftover_free(leftover);
	free(leftovers);
	return NULL;
}

/*
 * Return: -EBUSY it is suspended while a program changes its reservations, other negative errno.
 * @lock:	keeps programs from that, when the map is suspended
 */
static int leftover_read(const char *wwid, int *lock, struct mp_kernel_map *ret)
{
	int r = mp_dm_read(wwid, ret);

	if (r < 0 || !ret->suspended)
		return r;
	*lock = mp_dm_lock(ret->devt, MP_DM_LOCK_TABLE, 0);
	if (*lock < 0)
		return *lock == -ETIMEDOUT ? -EBUSY : *lock;
	mp_dm_map_fini(ret);
	return mp_dm_read(wwid, ret);
}

/*
 * The loaded table is older than what is known now; if the wanted table differs, it is loaded
 * afterwards.
 */
static int leftover_wake(struct leftover_job *job)
{
	struct mp_dm_flags flags = { .reload = true };
	static const struct mp_table nothing = MP_TABLE_INIT;
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map kernel = { 0 };
	_cleanup_(mp_dm_unlock) int lock = -1;
	int r = leftover_read(job->wwid, &lock, &kernel);

	if (r < 0)
		return r;
	if ((!kernel.suspended && !kernel.inactive_table) ||
	    mp_wwids_has_suspended(RUNTIME_DIR, job->wwid))
		return 0;
	job->resumed = kernel.suspended;
	if (job->without_paths && kernel.suspended) {
		flags.no_paths = true;
		flags.read_only = kernel.read_only;
		mp_table_keep(&kernel.table, &nothing);
		r = mp_dm_reload(job->wwid, &kernel.table, &flags, false);
	} else {
		r = mp_dm_clear(job->wwid);
		if (r >= 0 && kernel.suspended)
			r = mp_dm_resume(job->wwid, &flags);
	}
	return r < 0 ? r : 1;
}

static void leftover_job_run(struct work *work)
{
	struct leftover_job *job = caa_container_of(work, struct leftover_job, work);

	job->error = job->kind == LEFTOVER_HALF_MADE ? mp_dm_remove_half_made(job->wwid) :
						       leftover_wake(job);
}

static void leftover_job_done(struct work *work)
{
	struct leftover_job *job = caa_container_of(work, struct leftover_job, work);
	struct daemon *daemon = job->daemon;
	struct leftover *leftover = leftover_find(daemon, job->wwid);
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, job->wwid);

	daemon->operations--;
	if (job->error > 0)
		log_warning("%s: %s by a program that was killed, %s",
			    map ? map->map.name : job->wwid,
			    job->kind == LEFTOVER_HALF_MADE ? "left without a table" :
			    job->resumed		    ? "left suspended" :
							      "left with a loaded but unused table",
			    job->kind == LEFTOVER_HALF_MADE ?
				    "device removed" :
			    job->resumed && job->without_paths ?
				    "no path has a verified WWID: resumed without paths" :
			    job->resumed ? "resumed" :
					   "table dropped");
	else if (job->error < 0 && job->error != -ENODEV && job->error != -EBUSY)
		log_warning("%s: cannot %s the map that a killed program left: %s",
			    map ? map->map.name : job->wwid,
			    job->kind == LEFTOVER_HALF_MADE ? "remove" : "resume",
			    strerror(-job->error));
	if (map)
		map->read_again = true;
	if (leftover && (job->error >= 0 || job->error == -ENODEV ||
			 daemon->inventory.options.awaits_leftovers))
		leftover_free(leftover);
	else if (leftover)
		leftover_wait(leftover);
	free(job);
	looks_want(daemon);
	completion_check(daemon);
}

static void leftover_heal(struct leftover *leftover, bool without_paths)
{
	struct leftover_job *job = calloc(1, sizeof(*job));

	if (!job) {
		leftover_wait(leftover);
		return;
	}
	job->daemon = leftover->daemon;
	job->kind = leftover->kind;
	job->without_paths = without_paths;
	memcpy(job->wwid, leftover->wwid, sizeof(job->wwid));
	job->work = (struct work){ .run = leftover_job_run,
				   .done = leftover_job_done,
				   .lane = job->daemon->inventory.options.one_lane ?
						   LANE_TABLES :
						   lane_of_table(leftover->wwid),
				   .exclusive = true };
	job->daemon->operations++;
	pool_submit(job->daemon->pool, &job->work);
}

/* Return: true if a path has reported its WWID, the map's or another one */
static bool leftovers_know_paths(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (path->wrong_wwid || mp_path_is_proven(path))
			return true;
	return false;
}

/* Return: true if a path may still report its WWID: it has not answered yet, or is not known yet */
static bool leftovers_await_paths(const struct daemon_map *map)
{
	const struct mp_path *path;
	size_t known = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		if (path->state == MP_PATH_UNCHECKED || path->state == MP_PATH_PENDING)
			return true;
		known += mp_table_find(&map->map.kernel.table, path->identity.devt) != NULL;
	}
	return known < mp_table_count(&map->map.kernel.table);
}

/*
 * I/O waiting in a suspended map goes to all paths of its active table when it is resumed, and no
 * message can fail a path before. So the map gets a table of the paths whose WWID is verified, and
 * is resumed with it. If no path has one, the table has none: I/O is queued or fails as it does
 * without paths.
 */
static enum leftover_step leftovers_judge_suspended(const struct leftover_case *leftover)
{
	if (!leftover->reload_asked)
		return LEFTOVER_STEP_RELOAD;
	if (leftovers_know_paths(leftover->map))
		return leftover->awaited ? LEFTOVER_STEP_FORGET : LEFTOVER_STEP_RELOAD;
	if (leftover->last || !leftovers_await_paths(leftover->map))
		return LEFTOVER_STEP_EMPTY;
	return leftover->awaited ? LEFTOVER_STEP_FORGET : LEFTOVER_STEP_WAIT;
}

enum leftover_step leftovers_judge(const struct leftover_case *leftover)
{
	const struct daemon_map *map = leftover->map;

	if (!map)
		return LEFTOVER_STEP_REPAIR;
	if (leftover->kind == LEFTOVER_HALF_MADE) {
		if (map->map.kernel.exists)
			return LEFTOVER_STEP_FORGET; /* it is a map now */
		return claims_is_coming(map) ? LEFTOVER_STEP_CREATE : LEFTOVER_STEP_REPAIR;
	}
	if (map->map.kernel.exists && map->map.kernel.suspended && map->kind->managed &&
	    !leftover->by_operator)
		return leftovers_judge_suspended(leftover);
	return LEFTOVER_STEP_REPAIR;
}

static void leftover_reload(struct leftover *leftover, struct daemon_map *map)
{
	if (!leftover->reload_asked)
		log_warning(
			"%s: left suspended by a program that was killed, waiting for a path with a verified WWID",
			map->map.name);
	leftover->reload_asked = true;
	map->force_reload = true;
	maps_touch(map, "it was left suspended");
	leftover_wait(leftover);
}

static int leftover_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct leftover *leftover = userdata;
	struct daemon *daemon = leftover->daemon;
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, leftover->wwid);
	const struct leftover_case facts = {
		.kind = leftover->kind,
		.map = map,
		.reload_asked = leftover->reload_asked,
		.by_operator = map && map->map.kernel.suspended &&
			       mp_wwids_has_suspended(RUNTIME_DIR, leftover->wwid),
		.awaited = daemon->inventory.options.awaits_leftovers,
		.last = leftover->grace_sec >= GRACE_MAX_SEC,
	};
	enum leftover_step step = leftovers_judge(&facts);

	(void)source;
	(void)usec;
	switch (step) {
	case LEFTOVER_STEP_FORGET:
		leftover_free(leftover);
		completion_check(daemon);
		break;
	case LEFTOVER_STEP_RELOAD:
		leftover_reload(leftover, map);
		break;
	case LEFTOVER_STEP_CREATE:
		maps_touch(map, "found as a device without a table");
		leftover_wait(leftover);
		break;
	case LEFTOVER_STEP_WAIT:
		leftover_wait(leftover);
		break;
	case LEFTOVER_STEP_EMPTY:
	case LEFTOVER_STEP_REPAIR:
		leftover_heal(leftover, step == LEFTOVER_STEP_EMPTY);
		break;
	}
	return 0;
}
