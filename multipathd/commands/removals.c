/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/removals.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "gmultipath/changes.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"

/*
 * One job lists the maps, then each is removed in its own lane, so that a hanging removal does not
 * delay the others. The request is answered once all are done.
 */
struct removals {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	struct mp_dm_listed *listed;
	size_t count, pending;
	bool busy, failed;
};

struct removal_job {
	struct work work;
	struct removals *removals;
	char wwid[MP_WWID_SIZE];
	int error;
};

static void removals_end(struct removals *removals)
{
	struct mp_map *map;

	removals->daemon->operations--;
	daemon_reply(removals->daemon, removals->request,
		     removals->failed ? "fail\n" :
		     removals->busy   ? "fail\nmap or partition in use\n" :
					"ok\n");
	cds_list_for_each_entry(map, &removals->daemon->inventory.maps, in_all)
		daemon_map_of(map)->removing = false;
	looks_want(removals->daemon);
	mp_dm_list_free(removals->listed, removals->count);
	free(removals);
}

static void removal_job_run(struct work *work)
{
	struct removal_job *job = caa_container_of(work, struct removal_job, work);
	const struct mp_dm_removal removal = { .only_unused = true };

	job->error = changes_remove_any(job->wwid, &removal);
}

static void removal_job_done(struct work *work)
{
	struct removal_job *job = caa_container_of(work, struct removal_job, work);
	struct removals *removals = job->removals;

	if (job->error == -EBUSY)
		removals->busy = true;
	else if (job->error < 0 && job->error != -ENODEV)
		removals->failed = true;
	free(job);
	if (!--removals->pending)
		removals_end(removals);
}

static int removal_start(struct removals *removals, const char *wwid)
{
	struct removal_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->removals = removals;
	snprintf(job->wwid, sizeof(job->wwid), "%s", wwid);
	job->work = (struct work){ .run = removal_job_run,
				   .done = removal_job_done,
				   .lane = lane_of_table(wwid),
				   .exclusive = true };
	removals->pending++;
	pool_submit(removals->daemon->pool, &job->work);
	return 0;
}

static void removals_list(struct work *work)
{
	struct removals *removals = caa_container_of(work, struct removals, work);

	removals->failed = mp_dm_list(&removals->listed, &removals->count) < 0;
}

static void removals_on_listed(struct work *work)
{
	struct removals *removals = caa_container_of(work, struct removals, work);

	for (size_t i = 0; i < removals->count; i++) {
		const char *wwid = mp_dm_wwid(removals->listed[i].uuid);

		if (wwid && removal_start(removals, wwid) < 0)
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
