/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/removals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gmultipath/changes.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "kernel/udev_queue.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"

/*
 * One job lists the maps, then each is removed in its own lane, so that a hanging removal does not
 * delay the others. udev may have some open only for a moment: these are removed again when it is
 * idle. The request is answered once all are done.
 */
struct removals {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	struct mp_dm_listed *listed;
	bool *in_use; /* for each of @listed: its last removal found it so */
	size_t count, pending;
	bool udev_was_awaited, failed;
};

struct removal_job {
	struct work work;
	struct removals *removals;
	size_t number; /* in the list */
	char wwid[MP_WWID_SIZE];
	int error;
};

static bool removals_found_some_in_use(const struct removals *removals)
{
	for (size_t i = 0; removals->in_use && i < removals->count; i++)
		if (removals->in_use[i])
			return true;
	return false;
}

static void removals_end(struct removals *removals)
{
	struct mp_map *map;

	removals->daemon->operations--;
	daemon_reply(removals->daemon, removals->request,
		     removals->failed			  ? "fail\n" :
		     removals_found_some_in_use(removals) ? "fail\nmap or partition in use\n" :
							    "ok\n");
	cds_list_for_each_entry(map, &removals->daemon->inventory.maps, in_all)
		daemon_map_of(map)->removing = false;
	looks_want(removals->daemon);
	mp_dm_list_free(removals->listed, removals->count);
	free(removals->in_use);
	free(removals);
}

static void removal_job_run(struct work *work)
{
	struct removal_job *job = caa_container_of(work, struct removal_job, work);
	const struct mp_dm_removal removal = { .only_unused = true };

	job->error = changes_remove_any(job->wwid, &removal);
}

static void removals_on_all_tried(struct removals *removals);

static void removal_job_done(struct work *work)
{
	struct removal_job *job = caa_container_of(work, struct removal_job, work);
	struct removals *removals = job->removals;

	removals->in_use[job->number] = job->error == -EBUSY;
	if (job->error < 0 && job->error != -EBUSY && job->error != -ENODEV)
		removals->failed = true;
	free(job);
	if (!--removals->pending)
		removals_on_all_tried(removals);
}

static int removal_start(struct removals *removals, size_t number, const char *wwid)
{
	struct removal_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->removals = removals;
	job->number = number;
	snprintf(job->wwid, sizeof(job->wwid), "%s", wwid);
	job->work = (struct work){ .run = removal_job_run,
				   .done = removal_job_done,
				   .lane = lane_of_table(wwid),
				   .exclusive = true };
	removals->pending++;
	pool_submit(removals->daemon->pool, &job->work);
	return 0;
}

static void removals_await_udev(struct work *work)
{
	(void)work;
	mp_udev_queue_wait(MP_UDEV_QUEUE_MSEC);
}

static void removals_on_udev_idle(struct work *work)
{
	struct removals *removals = caa_container_of(work, struct removals, work);

	for (size_t i = 0; i < removals->count; i++)
		if (removals->in_use[i] &&
		    removal_start(removals, i, mp_dm_wwid(removals->listed[i].uuid)) < 0)
			removals->failed = true;
	if (!removals->pending)
		removals_end(removals);
}

static void removals_on_all_tried(struct removals *removals)
{
	if (removals->udev_was_awaited || !removals_found_some_in_use(removals)) {
		removals_end(removals);
		return;
	}
	removals->udev_was_awaited = true;
	removals->work = (struct work){ .run = removals_await_udev,
					.done = removals_on_udev_idle,
					.lane = LANE_REMOVALS };
	pool_submit(removals->daemon->pool, &removals->work);
}

static void removals_list(struct work *work)
{
	struct removals *removals = caa_container_of(work, struct removals, work);

	removals->failed = mp_dm_list(&removals->listed, &removals->count) < 0;
}

static void removals_on_listed(struct work *work)
{
	struct removals *removals = caa_container_of(work, struct removals, work);

	removals->in_use = calloc(removals->count + 1, sizeof(*removals->in_use));
	removals->failed |= !removals->in_use;
	for (size_t i = 0; removals->in_use && i < removals->count; i++) {
		const char *wwid = mp_dm_wwid(removals->listed[i].uuid);

		if (wwid && removal_start(removals, i, wwid) < 0)
			removals->failed = true;
	}
	if (!removals->pending)
		removals_end(removals);
}

int removals_start(struct daemon *daemon, uint64_t request)
{
	struct removals *removals = calloc(1, sizeof(*removals));
	struct mp_map *map;

	if (!removals)
		return -ENOMEM;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		daemon_map_of(map)->removing = true;
	removals->daemon = daemon;
	removals->request = request;
	removals->work = (struct work){ .run = removals_list,
					.done = removals_on_listed,
					.lane = LANE_REMOVALS };
	daemon->operations++;
	pool_submit(daemon->pool, &removals->work);
	return 0;
}
