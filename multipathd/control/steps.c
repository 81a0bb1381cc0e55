/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/steps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kernel/dm.h"
#include "model/plan.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/outcomes.h"
#include "multipathd/control/retries.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/devices.h"
#include "multipathd/jobs/messages.h"
#include "multipathd/jobs/tables.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

/* Do not load the same table again if the result was the same before. */
static bool step_load_is_futile(struct daemon_map *map, const char *params)
{
	_cleanup_strbuf_ struct mp_strbuf kernel = MP_STRBUF_INIT;

	if (map->force_reload || !map->loaded || !map->loaded_as || map->not_ready_in_udev)
		return false;
	mp_table_format(&map->map.kernel.table, &kernel);
	return !strcmp(map->loaded, params) && !strcmp(map->loaded_as, mp_strbuf_text(&kernel));
}

static struct mp_dm_flags step_node_flags(const struct daemon_map *map)
{
	const struct mp_map_settings *settings = &map->map.settings;

	return (struct mp_dm_flags){
		.has_mode = settings->has_mode,
		.mode = settings->mode,
		.has_uid = settings->has_uid,
		.uid = settings->uid,
		.has_gid = settings->has_gid,
		.gid = settings->gid,
	};
}

void steps_own_node(struct daemon_map *map)
{
	const struct mp_dm_flags flags = step_node_flags(map);
	int r;

	if (!map->map.kernel.exists)
		return;
	r = mp_dm_set_owner(map->map.kernel.devt, &flags);
	if (r < 0 && r != -ENOENT)
		log_warning("%s: cannot set mode and owner of its node: %s", map->map.name,
			    strerror(-r));
}

/* Paths whose device is not open are left out. */
static void step_take_locks(struct table_job *job, const struct daemon_map *map)
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

/* Of its step that loads a table; the number of steps if there is none. */
static size_t step_find_load(const struct mp_plan *plan)
{
	size_t i = 0;

	while (i < plan->count && plan->steps[i].kind != MP_STEP_CREATE &&
	       plan->steps[i].kind != MP_STEP_RELOAD && plan->steps[i].kind != MP_STEP_RESIZE)
		i++;
	return i;
}

static int step_take_bad(struct table_job *job, const struct mp_plan *plan)
{
	job->bad = calloc(plan->count + 1, sizeof(*job->bad));
	if (!job->bad)
		return -ENOMEM;
	for (size_t i = step_find_load(plan); i < plan->count; i++)
		if (plan->steps[i].kind == MP_STEP_FAIL_PATH)
			job->bad[job->bad_count++] = plan->steps[i].devt;
	return 0;
}

int steps_make_job(const struct daemon_map *map, const struct mp_plan *plan, struct table_job **ret)
{
	const struct inventory *inventory = map->inventory;
	const char *delimiter = inventory->process->partition_delimiter;
	struct table_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->daemon = inventory->daemon;
	job->ended = outcomes_of_table;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->rename = mp_plan_find(plan, MP_STEP_RENAME);
	job->create = mp_plan_find(plan, MP_STEP_CREATE);
	job->resize = mp_plan_find(plan, MP_STEP_RESIZE);
	/* A map in use cannot be removed, but drops its paths. */
	job->no_queue = mp_plan_find(plan, MP_STEP_REMOVE);
	job->load = job->resize || mp_plan_find(plan, MP_STEP_RELOAD) || job->no_queue;
	job->flags = step_node_flags(map);
	job->flags.reload = job->load && !job->resize && !plan->force_udev;
	job->flags.skip_kpartx = map->map.settings.skip_kpartx;
	job->flags.no_paths = plan->no_active_path;
	job->flags.read_only = plan->read_only;
	job->whole = inventory->options.loads_whole;
	job->reserved = map->map.settings.reservation_source != MP_RESERVATION_NONE;
	job->devt = map->map.kernel.devt;
	job->name = strdup(plan->name ? plan->name : map->map.name);
	if (delimiter)
		job->delimiter = strdup(delimiter);
	if (!job->name || step_take_bad(job, plan) < 0 ||
	    mp_table_copy(&plan->table, &job->table) < 0) {
		table_job_free(job);
		return -ENOMEM;
	}
	if (job->create) {
		step_take_locks(job, map);
		job->patient = inventory->options.waits_for_ever;
	}
	*ret = job;
	return 0;
}

/* They will not be in the new table. */
static void step_fail_before_load(struct daemon_map *map, const struct mp_plan *plan)
{
	for (size_t i = 0; i < step_find_load(plan); i++)
		if (plan->steps[i].kind == MP_STEP_FAIL_PATH)
			orders_send(map, mp_order_fail_path(plan->steps[i].devt), 0);
}

static void step_skip_load(struct daemon_map *map)
{
	if (map->regroup)
		maps_touch(map, "failback would load what is loaded");
	else if (!map->futile)
		log_warning("%s: kernel table differs from the one loaded; not reloading again",
			    map->map.name);
	map->futile = true;
	map->regroup = false;
}

static int step_start_operation(struct daemon_map *map, const struct mp_plan *plan)
{
	_cleanup_strbuf_ struct mp_strbuf params = MP_STRBUF_INIT;
	struct daemon *daemon = map->inventory->daemon;
	struct table_job *job;
	int r = steps_make_job(map, plan, &job);

	if (r < 0)
		return r;
	step_fail_before_load(map, plan);
	if (job->create || job->load) {
		mp_table_format(&plan->table, &params);
		if (job->load && !job->resize &&
		    step_load_is_futile(map, mp_strbuf_text(&params))) {
			step_skip_load(map);
			table_job_free(job);
			return 0;
		}
		map->futile = false;
		log_notice("%s: %s [0 %llu multipath %s]", job->name,
			   job->create ? "addmap" : "reload",
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
		descriptors_begin_locking(daemon);
	tables_start(job);
	return 1;
}

/* Apply the plan to the map in memory only. */
static int step_dry_run(struct daemon_map *map, const struct mp_plan *plan)
{
	struct mp_table *old = &map->map.kernel.table, table = MP_TABLE_INIT;

	if (step_find_load(plan) == plan->count)
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

static int step_start_device_job(struct daemon_map *map, struct device_job *job)
{
	job->daemon = map->inventory->daemon;
	job->ended = outcomes_of_device;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	map->busy++;
	job->daemon->operations++;
	devices_start(job);
	return 0;
}

int steps_remove(struct daemon_map *map, bool deferred, bool by_operator, uint64_t request)
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
		.awaits_udev = by_operator, /* who does not come back by himself */
	};
	map->removing = true;
	map->keep_uncreated = by_operator;
	return step_start_device_job(map, job);
}

int steps_suspend(struct daemon_map *map, bool resume, uint64_t request)
{
	struct device_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->verb = resume ? DEVICE_RESUME : DEVICE_SUSPEND;
	job->request = request;
	job->flags.reload = true;
	job->flags.skip_kpartx = map->map.settings.skip_kpartx;
	return step_start_device_job(map, job);
}

/* A step that is one message. */
static void step_send(struct daemon_map *map, const struct mp_step *step)
{

	switch (step->kind) {
	case MP_STEP_FAIL_PATH:
		orders_send(map, mp_order_fail_path(step->devt), 0);
		break;
	case MP_STEP_REINSTATE_PATH:
		orders_send(map, mp_order_reinstate_path(step->devt), 0);
		break;
	case MP_STEP_SWITCH_GROUP:
		/* After startup or a reconfigure, failback decides this. */
		if (map->inventory->daemon->state != DAEMON_CONFIGURE)
			break;
		map->map.stats.switches++;
		map->map.action = MP_ACTION_SWITCH;
		orders_send(map, mp_order_switch_group(step->group), 0);
		break;
	case MP_STEP_ENABLE_GROUP:
		orders_send(map, mp_order_enable_group(step->group), 0);
		break;
	case MP_STEP_QUEUE:
	case MP_STEP_NO_QUEUE:
		map->queue_sent = step->kind == MP_STEP_QUEUE;
		map->queue_known = true;
		orders_send(map, mp_order_queue(map->queue_sent), 0);
		break;
	default:
		break;
	}
}

/* Whatever else is in the way. */
static int step_reject(struct daemon_map *map, const struct mp_plan *plan, const char *reason)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == MP_STEP_FAIL_PATH)
			step_send(map, &plan->steps[i]);
	log_warning("%s: %s", map->map.name, reason);
	map->map.action = MP_ACTION_REJECT;
	return -EINVAL;
}

/* It is not wanted: removed, or emptied while it is in use. */
static int step_start_removal(struct daemon_map *map, const struct mp_plan *plan)
{
	int r;

	if (!map->removal_tried) {
		if (mp_plan_find(plan, MP_STEP_NO_QUEUE))
			orders_send(map, mp_order_queue(false), 0);
		r = steps_remove(map, map->map.settings.deferred_remove && !plan->only_unused,
				 false, 0);
		return r < 0 ? r : 1;
	}
	retries_later(map); /* when its last user closes it */
	return map->map.kernel.table.group_count && !plan->table.group_count ?
		       step_start_operation(map, plan) :
		       0;
}

int steps_apply(struct daemon_map *map, const struct mp_plan *plan)
{
	const struct mp_step *rejected = mp_plan_find(plan, MP_STEP_REJECT);

	if (map->inventory->options.dry_run)
		return step_dry_run(map, plan);
	if (rejected)
		return step_reject(map, plan, rejected->reason);
	if (mp_plan_find(plan, MP_STEP_REMOVE))
		return step_start_removal(map, plan);
	map->removal_tried = false;
	if (!mp_plan_find(plan, MP_STEP_CREATE))
		map->retry_sec = 0;
	if (mp_plan_find(plan, MP_STEP_KEEP)) {
		map->map.kernel.removal_deferred = false;
		orders_keep(map);
	}
	if (step_find_load(plan) < plan->count || mp_plan_find(plan, MP_STEP_RENAME))
		return step_start_operation(map, plan);

	for (size_t i = 0; i < plan->count; i++)
		step_send(map, &plan->steps[i]);
	return 0;
}
