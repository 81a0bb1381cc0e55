/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/outcomes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kernel/dm.h"
#include "multipathd/control/completion.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/readiness.h"
#include "multipathd/control/retries.h"
#include "multipathd/control/states.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/devices.h"
#include "multipathd/jobs/files.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/tables.h"
#include "multipathd/jobs/triggers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static enum outcome_fault outcomes_judge_error(int error)
{
	switch (error) {
	case -ECANCELED:
		return OUTCOME_CALLED_OFF;
	case -EWOULDBLOCK:
		return OUTCOME_LOCKED;
	default:
		return error < 0 ? OUTCOME_FAILED : OUTCOME_NO_FAULT;
	}
}

/*
 * In the daemon the action is only set on creation: clients take the first word as the name.
 */
static enum mp_map_action outcomes_judge_action(const struct table_job *job, bool reports_changes)
{
	if (job->create)
		return MP_ACTION_CREATE;
	if (job->resize || !reports_changes)
		return MP_ACTION_NONE;
	return job->rename && !job->load ? MP_ACTION_RENAME : MP_ACTION_RELOAD;
}

struct table_outcome outcomes_judge_table(const struct table_job *job, bool reports_changes)
{
	bool has_table = job->create || job->load;
	struct table_outcome outcome = {
		.fault = outcomes_judge_error(job->error),
		.gone = !job->kernel.exists && !job->create,
	};

	switch (outcome.fault) {
	case OUTCOME_NO_FAULT:
		outcome.action = outcomes_judge_action(job, reports_changes);
		outcome.loaded = has_table;
		outcome.mark = "its table was loaded";
		break;
	case OUTCOME_CALLED_OFF:
		outcome.mark = "its reload was canceled";
		break;
	case OUTCOME_LOCKED:
		/* However long that takes, the map is created afterwards. */
		outcome.retry = OUTCOME_RETRY_LATER;
		outcome.reply = "fail\n";
		break;
	case OUTCOME_FAILED:
		outcome.retry = has_table ? OUTCOME_RETRY_SOON : OUTCOME_RETRY_NONE;
		outcome.reply = "fail\n";
		break;
	}
	return outcome;
}

static void outcomes_log_fault(const struct daemon_map *map, const struct table_job *job,
			       enum outcome_fault fault)
{
	if (fault == OUTCOME_CALLED_OFF)
		log_notice("%s: reload canceled: a path failed while I/O was in progress",
			   map->map.name);
	else if (fault == OUTCOME_FAILED)
		log_error("%s: cannot %s the map: %s", map->map.name,
			  job->create ? "create" :
			  job->load   ? "reload" :
					"rename",
			  strerror(-job->error));
	else if (!map->retry_sec)
		log_warning("%s: not created: another program has locked a path", map->map.name);
}

static void outcomes_take_fault(struct daemon_map *map, const struct table_job *job,
				const struct table_outcome *outcome)
{
	/* The same table may succeed the next time. */
	free(map->loaded);
	map->loaded = NULL;
	outcomes_log_fault(map, job, outcome->fault);
	if (outcome->retry == OUTCOME_RETRY_LATER)
		retries_later(map);
	else if (outcome->retry == OUTCOME_RETRY_SOON)
		retries_soon(map);
}

/* The kernel has the requested table. */
static void outcomes_take_load(struct daemon_map *map, const struct table_job *job)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct daemon *daemon = job->daemon;
	struct mp_path *path;

	map->map.stats.loads++;
	mp_table_format(&job->kernel.table, &text);
	free(map->loaded_as);
	mp_strbuf_take(&text, &map->loaded_as);
	map->queue_known = false; /* the mode is part of the table */
	if (job->create) {
		map->map.ready = !daemon->udev_reports;
		if (!map->map.ready)
			readiness_await(map);
		files_wwid_created(daemon, map->map.wwid);
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		triggers_claim(daemon_path_of(path));
	if (job->load)
		map->not_ready_in_udev = false; /* udev will get the event of the load */
}

static void outcomes_take_success(struct daemon_map *map, const struct table_job *job,
				  const struct table_outcome *outcome)
{
	map->map.action = outcome->action;
	if (outcome->loaded)
		outcomes_take_load(map, job);
	map->load_failures = 0;
	map->force_reload = false;
	map->regroup = false;
	map->resize = MP_RESIZE_NEVER;
}

/* Record what the kernel has of it now. Return: the map, NULL if it is gone. */
static struct daemon_map *outcomes_take_kernel(struct daemon_map *map, struct table_job *job,
					       const struct table_outcome *outcome)
{
	bool created = !map->map.kernel.exists;

	if (outcome->gone) {
		membership_gone(map);
		return maps_find_wwid(&job->daemon->inventory, job->wwid);
	}
	if (job->kernel.exists) {
		states_take(map, &job->kernel);
		log_debug("%s: dm-%u %s", map->map.name, map->map.kernel.minor,
			  created ? "made" : "loaded");
	}
	return map;
}

static void outcomes_apply_table(struct daemon_map *map, struct table_job *job,
				 const struct table_outcome *outcome)
{
	map->busy--;
	map->generation++;
	if (map->loading == job)
		map->loading = NULL;
	if (outcome->fault)
		outcomes_take_fault(map, job, outcome);
	else
		outcomes_take_success(map, job, outcome);
	map = outcomes_take_kernel(map, job, outcome);
	if (!map)
		return;
	if (outcome->mark)
		maps_touch(map, outcome->mark);
	if (outcome->reply)
		daemon_answer(map, outcome->reply);
	if (map->look_skipped) {
		map->look_skipped = false;
		looks_want(job->daemon);
	}
}

void outcomes_of_table(struct table_job *job)
{
	struct daemon *daemon = job->daemon;
	const struct table_outcome outcome =
		outcomes_judge_table(job, daemon->inventory.options.reports_changes);
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, job->wwid);

	daemon->operations--;
	if (job->lock_count)
		descriptors_end_locking(daemon);
	if (job->work.skipped) { /* the daemon ends, and the kernel was not asked */
		if (map && map->loading == job)
			map->loading = NULL;
		table_job_free(job);
		return;
	}
	if (!map) {
		table_job_free(job);
		completion_check(daemon);
		return;
	}
	outcomes_apply_table(map, job, &outcome);
	table_job_free(job);
	inventory_wake(&daemon->inventory);
}

/* Of a job; what is gone already needs no removal. */
static int outcomes_judge_device(const struct device_job *job)
{
	return job->verb == DEVICE_REMOVE && job->error == -ENODEV ? 0 : job->error;
}

static void outcomes_apply_removal(struct device_job *job, struct daemon_map *map)
{
	map->removing = false;
	map->removal_tried = job->error == -EBUSY && !job->by_operator;
	if (job->error == 1) {
		log_notice("%s: removal deferred until the map is closed", map->map.name);
		map->map.kernel.removal_deferred = true;
	} else if (job->error == -EBUSY) {
		log_warning("%s: map or partition in use, not removed", map->map.name);
		if (!job->by_operator)
			membership_take_back(map);
	} else if (job->error < 0) {
		log_error("%s: not removed: %s", map->map.name, strerror(-job->error));
	} else {
		log_notice("%s: map removed", map->map.name);
		mp_dm_map_fini(&map->map.kernel);
		map->map.kernel = (struct mp_kernel_map){ 0 };
		daemon_answer(map, "ok\n");
		if (job->by_operator) {
			membership_forget(map);
		} else {
			triggers_release(map);
			membership_start_over(
				map); /* paths may have been found while it was being removed */
		}
		return;
	}
	daemon_answer(map, job->error < 0 ? "fail\n" : "ok\n");
	if (job->error < 0)
		maps_touch(map, "it could not be removed");
}

void outcomes_of_device(struct device_job *job)
{
	struct daemon *daemon = job->daemon;
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, job->wwid);

	job->error = outcomes_judge_device(job);
	daemon->operations--;
	if (map) {
		map->busy--;
		map->generation++;
		if (job->verb == DEVICE_REMOVE) {
			outcomes_apply_removal(job, map);
		} else if (job->error >= 0) {
			map->map.kernel.suspended = job->verb == DEVICE_SUSPEND;
		} else {
			log_error("%s: cannot %s: %s", map->map.name,
				  job->verb == DEVICE_SUSPEND ? "suspend" : "resume",
				  strerror(-job->error));
		}
	}
	daemon_reply(daemon, job->request,
		     job->error >= 0	  ? "ok\n" :
		     job->error == -EBUSY ? "fail\nmap or partition in use\n" :
					    "fail\n");
	inventory_wake(&daemon->inventory);
}
