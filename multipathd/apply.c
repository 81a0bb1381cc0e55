/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/apply.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kernel/dm.h"
#include "model/plan.h"
#include "multipathd/checks.h"
#include "multipathd/loop/timers.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "multipathd/files.h"
#include "multipathd/jobs/devices.h"
#include "multipathd/jobs/messages.h"
#include "multipathd/jobs/tables.h"
#include "multipathd/maps.h"
#include "multipathd/paths.h"
#include "multipathd/loop/server.h"
#include "multipathd/uevents.h"

enum { LOAD_TRIES = 3, RETRY_MAX_SEC = 64 };

static const uint64_t usec_per_sec = 1000000;

static int map_on_udev_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon_map *map = userdata;

	(void)source;
	(void)usec;
	log_error("%s: udev has not reported it for %u seconds; reloads are allowed from now on", map->map.name,
		  map->inventory->process->missing_uev_wait_timeout_sec);
	maps_udev_done(map, true);
	return 0;
}

static int map_on_retry_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon_map *map = userdata;

	(void)source;
	(void)usec;
	map->removal_tried = false;
	maps_touch(map, "what failed is tried again");
	return 0;
}

/* Nothing tells when it would work: tried again, ever less often. */
static void map_retry_later(struct daemon_map *map)
{
	if (!map->retry_sec || map->retry_sec < RETRY_MAX_SEC)
		map->retry_sec = map->retry_sec ? 2 * map->retry_sec : 1;
	timers_set(map->inventory->daemon->event, &map->retry_timer,
			daemon_now_usec(map->inventory->daemon) + map->retry_sec * usec_per_sec, map_on_retry_timer, map);
}

static void map_created(struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;
	struct mp_path *path;

	map->map.action = MP_ACTION_CREATE;
	map->map.ready = daemon->inventory.options.once || !daemon->monitor;
	if (!map->map.ready)
		timers_set(daemon->event, &map->udev_timer,
				daemon_now_usec(daemon) +
					daemon->inventory.process->missing_uev_wait_timeout_sec * usec_per_sec,
				map_on_udev_timer, map);
	files_wwid_created(daemon, map->map.wwid);
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		uevents_claim(daemon_path_of(path));
}

/* However long that takes: the map is made afterwards. */
static void map_is_locked(struct daemon_map *map)
{
	if (!map->retry_sec)
		log_warning("%s: not created: another program has locked a path", map->map.name);
	map_retry_later(map);
}

static void map_failed(struct daemon_map *map, const struct table_job *job)
{
	/* The same table may be right the next time. */
	free(map->loaded);
	map->loaded = NULL;
	if (job->error == -ECANCELED) {
		log_notice("%s: reload called off: a path failed while I/O was under way", map->map.name);
		maps_touch(map, "its reload was called off");
		return;
	}
	if (job->error == -EWOULDBLOCK) {
		map_is_locked(map);
		return;
	}
	log_error("%s: cannot %s the map: %s", map->map.name,
		  job->create ? "create" : job->load ? "reload" : "rename", strerror(-job->error));
	if ((job->create || job->load) && ++map->load_failures < LOAD_TRIES)
		timers_set(map->inventory->daemon->event, &map->retry_timer, daemon_now_usec(map->inventory->daemon) + usec_per_sec,
				map_on_retry_timer, map);
}

static void on_table_ended(struct table_job *job)
{
	struct daemon *daemon = job->daemon;
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, job->wwid);
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	daemon->operations--;
	if (job->lock_count)
		checks_end_locking(daemon);
	if (!map) {
		table_job_free(job);
		daemon_check_configured(daemon);
		return;
	}
	map->busy--;
	map->generation++;
	if (map->loading == job)
		map->loading = NULL;
	if (job->error < 0) {
		map_failed(map, job);
	} else {
		if (job->create || job->load) {
			map->map.stats.loads++;
			mp_table_format(&job->kernel.table, &text);
			free(map->loaded_as);
			mp_strbuf_take(&text, &map->loaded_as);
			/* The table itself carries the mode now. */
			map->queue_known = false;
		}
		if (job->create)
			map_created(map);
		else
			/* In the daemon the word tells of the creation alone: clients take the first word for the name. */
			map->map.action = job->resize || !daemon->inventory.options.once ? MP_ACTION_NONE :
					  job->rename && !job->load	       ? MP_ACTION_RENAME :
									 MP_ACTION_RELOAD;
		if (job->load) {
			struct mp_path *path;

			cds_list_for_each_entry(path, &map->map.paths, in_map)
				uevents_claim(daemon_path_of(path));
			map->not_ready_in_udev = false; /* udev has the load's event now */
		}
		map->load_failures = 0;
		map->force_reload = false;
		map->regroup = false;
		map->allow_resize = false;
	}
	if (job->kernel.exists) {
		bool created = !map->map.kernel.exists;

		maps_kernel_state(map, &job->kernel);
		log_debug("%s: dm-%u %s", map->map.name, map->map.kernel.minor, created ? "made" : "loaded");
	} else if (!job->create) {
		maps_gone(map);
		map = maps_find_wwid(&daemon->inventory, job->wwid);
	}
	if (map && job->error >= 0)
		maps_touch(map, "its table was loaded");
	else if (map && job->error != -ECANCELED)
		maps_answer(map, "fail\n");
	if (map && map->status_skipped) {
		map->status_skipped = false;
		looks_want(daemon);
	}
	table_job_free(job);
	maps_reconcile_later(&daemon->inventory);
}

/* Every path of a table that is loaded is proven, but the load may wait long for I/O under way. */
static bool is_usable(const struct daemon_map *map, dev_t devt)
{
	const struct daemon_path *path = paths_find_devt(map->inventory, devt);

	return path && path->path.map == &map->map && mp_path_is_proven(&path->path);
}

void apply_check_load(struct daemon_map *map)
{
	const struct mp_table *table = map->loading ? &map->loading->table : NULL;

	for (size_t g = 0; table && g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			if (!is_usable(map, table->groups[g].paths[p].devt))
				tables_call_off(map->loading);
}

/* Loading what was loaded before, with the same outcome, helps nobody. */
static bool map_load_is_futile(struct daemon_map *map, const char *params)
{
	_cleanup_strbuf_ struct mp_strbuf kernel = MP_STRBUF_INIT;

	if (map->force_reload || !map->loaded || !map->loaded_as || map->not_ready_in_udev)
		return false;
	mp_table_format(&map->map.kernel.table, &kernel);
	return !strcmp(map->loaded, params) && !strcmp(map->loaded_as, mp_strbuf_text(&kernel));
}

static struct mp_dm_flags map_node_flags(const struct daemon_map *map)
{
	const struct mp_map_settings *settings = &map->map.settings;

	return (struct mp_dm_flags){
		.has_mode = settings->has_mode, .mode = settings->mode,
		.has_uid = settings->has_uid, .uid = settings->uid,
		.has_gid = settings->has_gid, .gid = settings->gid,
	};
}

void maps_own_node(struct daemon_map *map)
{
	const struct mp_dm_flags flags = map_node_flags(map);
	int r;

	if (!map->map.kernel.exists)
		return;
	r = mp_dm_own_node(map->map.kernel.devt, &flags);
	if (r < 0 && r != -ENOENT)
		log_warning("%s: mode and owner of its node are not set: %s", map->map.name, strerror(-r));
}

/* Those that have not opened their device are left out. */
static void table_job_take_locks(struct table_job *job, const struct daemon_map *map)
{
	struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	job->locks = calloc(count + 1, sizeof(*job->locks));
	if (!job->locks)
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		int fd = daemon_path_of(path)->fd;

		if (fd >= 0 && mp_table_find(&job->table, path->identity.devt))
			job->locks[job->lock_count++] = fd;
	}
}

static int map_start_operation(struct daemon_map *map, const struct mp_plan *plan)
{
	struct daemon *daemon = map->inventory->daemon;
	_cleanup_strbuf_ struct mp_strbuf params = MP_STRBUF_INIT;
	struct table_job *job = calloc(1, sizeof(*job));
	bool loads = false;
	int r;

	if (!job)
		return -ENOMEM;
	job->daemon = daemon;
	job->ended = on_table_ended;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->rename = mp_plan_find(plan, MP_STEP_RENAME);
	job->create = mp_plan_find(plan, MP_STEP_CREATE);
	job->resize = mp_plan_find(plan, MP_STEP_RESIZE);
	/* A map that is in use cannot be removed, but lets go of its paths. */
	job->no_queue = mp_plan_find(plan, MP_STEP_REMOVE);
	job->load = job->resize || mp_plan_find(plan, MP_STEP_RELOAD) || mp_plan_find(plan, MP_STEP_REMOVE);
	job->flags = map_node_flags(map);
	job->flags.reload = job->load && !job->resize && !plan->force_udev;
	job->flags.skip_kpartx = map->map.settings.skip_kpartx;
	job->flags.no_paths = plan->no_active_path;
	job->flags.read_only = plan->read_only;
	job->name = strdup(plan->name ? plan->name : map->map.name);
	if (daemon->inventory.process->partition_delimiter)
		job->delimiter = strdup(daemon->inventory.process->partition_delimiter);
	job->bad = calloc(plan->count, sizeof(*job->bad));
	for (size_t i = 0; job->bad && i < plan->count; i++) {
		const struct mp_step *step = &plan->steps[i];

		loads |= step->kind == MP_STEP_CREATE || step->kind == MP_STEP_RELOAD || step->kind == MP_STEP_RESIZE;
		if (step->kind != MP_STEP_FAIL_PATH)
			continue;
		if (loads)
			job->bad[job->bad_count++] = step->devt;
		else
			maps_path_message(map, "fail_path", step->devt, 0); /* it will not be in the new table */
	}
	r = job->name && job->bad ? mp_table_copy(&plan->table, &job->table) : -ENOMEM;
	if (r < 0) {
		table_job_free(job);
		return r;
	}

	if (job->create) {
		table_job_take_locks(job, map);
		job->patient = daemon->inventory.options.once;
	}
	job->whole = daemon->inventory.options.once;
	if (job->create || job->load) {
		mp_table_format(&plan->table, &params);
		if (job->load && !job->resize && map_load_is_futile(map, mp_strbuf_text(&params))) {
			if (map->regroup)
				maps_touch(map, "failback would load what is loaded");
			else if (!map->futile)
				log_warning("%s: the kernel shows another table than the one loaded; left as it is",
					    map->map.name);
			map->futile = true;
			map->regroup = false;
			table_job_free(job);
			return 0;
		}
		map->futile = false;
		log_notice("%s: %s [0 %llu multipath %s]", job->name, job->create ? "addmap" : "reload",
			   (unsigned long long)plan->table.size_sectors, mp_strbuf_text(&params));
		free(map->loaded);
		mp_strbuf_take(&params, &map->loaded);
	}
	if (job->rename)
		log_notice("%s: renamed to %s", map->map.kernel.name, job->name);
	map->busy++;
	map->loading = job->load ? job : NULL;
	daemon->operations++;
	if (job->lock_count)
		checks_begin_locking(daemon);
	tables_start(job);
	return 1;
}

/* The map becomes what the plan would make of it, in memory. */
static int apply_dry_run(struct daemon_map *map, const struct mp_plan *plan)
{
	struct mp_table *old = &map->map.kernel.table, table = MP_TABLE_INIT;

	if (!mp_plan_find(plan, MP_STEP_CREATE) && !mp_plan_find(plan, MP_STEP_RELOAD) &&
	    !mp_plan_find(plan, MP_STEP_RESIZE))
		return 0;
	if (mp_table_copy(&plan->table, &table) < 0)
		return -ENOMEM;
	for (size_t g = 0; g < table.group_count; g++)
		for (size_t p = 0; p < table.groups[g].path_count; p++) {
			struct mp_table_path *path = &table.groups[g].paths[p];
			const struct mp_table_path *same = mp_table_find(old, path->devt);

			path->state = same ? same->state : MP_DM_UNDEF;
		}
	mp_table_fini(old);
	*old = table;
	map->map.action = MP_ACTION_DRY_RUN;
	return mp_map_update_groups(&map->map);
}

int apply_plan(struct daemon_map *map, const struct mp_plan *plan)
{
	const struct mp_step *rejected = mp_plan_find(plan, MP_STEP_REJECT);
	char message[32];

	if (map->inventory->options.dry_run)
		return apply_dry_run(map, plan);
	/* Whatever else is in the way. */
	for (size_t i = 0; rejected && i < plan->count; i++)
		if (plan->steps[i].kind == MP_STEP_FAIL_PATH)
			maps_path_message(map, "fail_path", plan->steps[i].devt, 0);
	if (rejected) {
		log_warning("%s: %s", map->map.name, rejected->reason);
		map->map.action = MP_ACTION_REJECT;
		return -EINVAL;
	}
	if (mp_plan_find(plan, MP_STEP_REMOVE)) {
		if (!map->removal_tried) {
			if (mp_plan_find(plan, MP_STEP_NO_QUEUE))
				maps_message(map, "fail_if_no_path", 0);
			maps_remove(map, map->map.settings.deferred_remove && !plan->only_unused, false, 0);
			return 1;
		}
		map_retry_later(map); /* for its last user to go */
		return map->map.kernel.table.group_count && !plan->table.group_count ?
			       map_start_operation(map, plan) : 0;
	}
	map->removal_tried = false;
	if (!mp_plan_find(plan, MP_STEP_CREATE))
		map->retry_sec = 0;
	if (mp_plan_find(plan, MP_STEP_KEEP)) {
		map->map.kernel.removal_deferred = false;
		maps_message(map, messages_cancel_removal, 0);
	}
	if (mp_plan_find(plan, MP_STEP_CREATE) || mp_plan_find(plan, MP_STEP_RELOAD) ||
	    mp_plan_find(plan, MP_STEP_RESIZE) || mp_plan_find(plan, MP_STEP_RENAME))
		return map_start_operation(map, plan);

	for (size_t i = 0; i < plan->count; i++) {
		const struct mp_step *step = &plan->steps[i];

		switch (step->kind) {
		case MP_STEP_FAIL_PATH:
			maps_path_message(map, "fail_path", step->devt, 0);
			break;
		case MP_STEP_REINSTATE_PATH:
			maps_path_message(map, "reinstate_path", step->devt, 0);
			break;
		case MP_STEP_SWITCH_GROUP:
			/* Later than at start or reconfigure it is failback's decision. */
			if (map->inventory->daemon->state != DAEMON_CONFIGURE)
				break;
			map->map.stats.switches++;
			map->map.action = MP_ACTION_SWITCH;
			snprintf(message, sizeof(message), "switch_group %u", step->group);
			maps_message(map, message, 0);
			break;
		case MP_STEP_ENABLE_GROUP:
			snprintf(message, sizeof(message), "enable_group %u", step->group);
			maps_message(map, message, 0);
			break;
		case MP_STEP_QUEUE:
		case MP_STEP_NO_QUEUE:
			map->queue_sent = step->kind == MP_STEP_QUEUE;
			map->queue_known = true;
			maps_message(map, map->queue_sent ? "queue_if_no_path" : "fail_if_no_path", 0);
			break;
		default:
			break;
		}
	}
	return 0;
}

static void on_message_ended(struct message_job *job)
{
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);

	if (job->error < 0 && map && map->map.kernel.exists)
		log_error("%s: message \"%s\": %s", map->map.name, job->text, strerror(-job->error));
	if (job->error >= 0 && map && strstr(job->text, "_if_no_path")) {
		map->read_again = true; /* its features are others now, and no event tells */
		looks_want(job->daemon);
	}
	daemon_reply(job->daemon, job->request, job->error < 0 ? "fail\n" : "ok\n");
}

int maps_message(struct daemon_map *map, const char *message, uint64_t request)
{
	log_info("%s: message \"%s\"", map->map.name, message);
	return messages_send(map->inventory->daemon, map->map.wwid, message, request, on_message_ended);
}

int maps_path_message(struct daemon_map *map, const char *verb, dev_t devt, uint64_t request)
{
	char message[48];

	snprintf(message, sizeof(message), "%s %u:%u", verb, major(devt), minor(devt));
	return maps_message(map, message, request);
}

static void device_removed(struct device_job *job, struct daemon_map *map)
{
	map->removing = false;
	map->removal_tried = job->error == -EBUSY && !job->by_operator;
	if (job->error == 1) {
		log_notice("%s: removal is deferred until its last user is gone", map->map.name);
		map->map.kernel.removal_deferred = true;
	} else if (job->error == -EBUSY) {
		log_warning("%s: map or partition in use, not removed", map->map.name);
		if (!job->by_operator)
			maps_take_back(map);
	} else if (job->error < 0 && job->error != -ENODEV) {
		log_error("%s: not removed: %s", map->map.name, strerror(-job->error));
	} else {
		log_notice("%s: map removed", map->map.name);
		mp_kernel_map_fini(&map->map.kernel);
		map->map.kernel = (struct mp_kernel_map){ 0 };
		maps_answer(map, "ok\n");
		if (job->by_operator) {
			maps_forget(map);
		} else {
			uevents_release(map);
			maps_start_over(map); /* paths may have come while it was removed */
		}
		return;
	}
	maps_answer(map, job->error < 0 ? "fail\n" : "ok\n");
	if (job->error < 0)
		maps_touch(map, "it could not be removed");
}

static void on_device_ended(struct device_job *job)
{
	struct daemon *daemon = job->daemon;
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, job->wwid);

	daemon->operations--;
	if (map) {
		map->busy--;
		map->generation++;
		if (job->verb == DEVICE_REMOVE) {
			device_removed(job, map);
		} else if (job->error >= 0) {
			map->map.kernel.suspended = job->verb == DEVICE_SUSPEND;
		} else {
			log_error("%s: cannot %s: %s", map->map.name,
				  job->verb == DEVICE_SUSPEND ? "suspend" : "resume", strerror(-job->error));
		}
	}
	daemon_reply(daemon, job->request,
		    job->error >= 0	      ? "ok\n" :
		    job->error == -EBUSY ? "fail\nmap or partition in use\n" :
					       "fail\n");
	maps_reconcile_later(&daemon->inventory);
}

static int map_start_device_job(struct daemon_map *map, struct device_job *job)
{
	job->daemon = map->inventory->daemon;
	job->ended = on_device_ended;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	map->busy++;
	job->daemon->operations++;
	devices_start(job);
	return 0;
}

int maps_remove(struct daemon_map *map, bool deferred, bool by_operator, uint64_t request)
{
	struct device_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->verb = DEVICE_REMOVE;
	job->request = request;
	job->by_operator = by_operator;
	job->removal = (struct mp_dm_removal){
		.deferred = deferred,
		.only_unused = !deferred,
	};
	map->removing = true;
	map->keep_uncreated = by_operator;
	return map_start_device_job(map, job);
}

int maps_suspend(struct daemon_map *map, bool resume, uint64_t request)
{
	struct device_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->verb = resume ? DEVICE_RESUME : DEVICE_SUSPEND;
	job->request = request;
	job->flags.reload = true;
	job->flags.skip_kpartx = map->map.settings.skip_kpartx;
	return map_start_device_job(map, job);
}

static void on_reassigned(struct reassign_job *job)
{
	if (job->error < 0)
		log_error("%s: what uses its paths is not moved to it: %s", job->wwid, strerror(-job->error));
	daemon_reply(job->daemon, job->request, job->error < 0 ? "fail\n" : "ok\n");
}

int maps_reassign(struct daemon_map *map, uint64_t request)
{
	struct reassign_job *job;
	struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	job = calloc(1, sizeof(*job) + count * sizeof(*job->paths));
	if (!job)
		return -ENOMEM;
	/* What uses a path that leads to another LUN is none of the map's. */
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (!path->wrong_wwid)
			job->paths[job->count++] = path->identity.devt;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->daemon = map->inventory->daemon;
	job->request = request;
	job->ended = on_reassigned;
	devices_reassign(job);
	return 0;
}
