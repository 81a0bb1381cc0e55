/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/outcomes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
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

static void map_created(struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;
	struct mp_path *path;

	map->map.action = MP_ACTION_CREATE;
	map->map.ready = !daemon->udev_reports;
	if (!map->map.ready)
		readiness_await(map);
	files_wwid_created(daemon, map->map.wwid);
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		triggers_claim(daemon_path_of(path));
}

/* However long that takes: the map is made afterwards. */
static void map_is_locked(struct daemon_map *map)
{
	if (!map->retry_sec)
		log_warning("%s: not created: another program has locked a path", map->map.name);
	retries_later(map);
}

static void map_failed(struct daemon_map *map, const struct table_job *job)
{
	/* The same table may be right the next time. */
	free(map->loaded);
	map->loaded = NULL;
	if (job->error == -ECANCELED) {
		log_notice("%s: reload called off: a path failed while I/O was under way",
			   map->map.name);
		maps_touch(map, "its reload was called off");
		return;
	}
	if (job->error == -EWOULDBLOCK) {
		map_is_locked(map);
		return;
	}
	log_error("%s: cannot %s the map: %s", map->map.name,
		  job->create ? "create" :
		  job->load   ? "reload" :
				"rename",
		  strerror(-job->error));
	if (job->create || job->load)
		retries_soon(map);
}

void outcomes_of_table(struct table_job *job)
{
	struct daemon *daemon = job->daemon;
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, job->wwid);
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	daemon->operations--;
	if (job->lock_count)
		descriptors_end_locking(daemon);
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
			/*
			 * In the daemon the word tells of the creation alone: clients take the
			 * first word for the name.
			 */
			map->map.action =
				job->resize || !daemon->inventory.options.reports_changes ?
					MP_ACTION_NONE :
				job->rename && !job->load ? MP_ACTION_RENAME :
							    MP_ACTION_RELOAD;
		if (job->load) {
			struct mp_path *path;

			cds_list_for_each_entry(path, &map->map.paths, in_map)
				triggers_claim(daemon_path_of(path));
			map->not_ready_in_udev = false; /* udev has the load's event now */
		}
		map->load_failures = 0;
		map->force_reload = false;
		map->regroup = false;
		map->allow_resize = false;
	}
	if (job->kernel.exists) {
		bool created = !map->map.kernel.exists;

		states_take(map, &job->kernel);
		log_debug("%s: dm-%u %s", map->map.name, map->map.kernel.minor,
			  created ? "made" : "loaded");
	} else if (!job->create) {
		membership_gone(map);
		map = maps_find_wwid(&daemon->inventory, job->wwid);
	}
	if (map && job->error >= 0)
		maps_touch(map, "its table was loaded");
	else if (map && job->error != -ECANCELED)
		daemon_answer(map, "fail\n");
	if (map && map->status_skipped) {
		map->status_skipped = false;
		looks_want(daemon);
	}
	table_job_free(job);
	inventory_wake(&daemon->inventory);
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
			membership_take_back(map);
	} else if (job->error < 0 && job->error != -ENODEV) {
		log_error("%s: not removed: %s", map->map.name, strerror(-job->error));
	} else {
		log_notice("%s: map removed", map->map.name);
		mp_kernel_map_fini(&map->map.kernel);
		map->map.kernel = (struct mp_kernel_map){ 0 };
		daemon_answer(map, "ok\n");
		if (job->by_operator) {
			membership_forget(map);
		} else {
			triggers_release(map);
			membership_start_over(map); /* paths may have come while it was removed */
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
