/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/devices.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "kernel/dm.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

static void device_job_run(struct work *work)
{
	struct device_job *job = caa_container_of(work, struct device_job, work);

	switch (job->verb) {
	case DEVICE_REMOVE:
		job->error = changes_remove_any(job->wwid, &job->removal);
		break;
	case DEVICE_SUSPEND:
		/* The next daemon must find it so. */
		mp_wwids_mark_suspended(RUNTIME_DIR, job->wwid);
		job->error = mp_dm_suspend(job->wwid);
		break;
	case DEVICE_RESUME:
		job->error = mp_dm_resume(job->wwid, &job->flags);
		mp_wwids_clear_suspended(RUNTIME_DIR, job->wwid);
		break;
	}
}

static void device_job_done(struct work *work)
{
	struct device_job *job = caa_container_of(work, struct device_job, work);

	if (!work->skipped)
		job->ended(job);
	free(job);
}

void devices_start(struct device_job *job)
{
	job->work = (struct work){ .run = device_job_run,
				   .done = device_job_done,
				   .lane = lane_of_table(job->wwid),
				   .exclusive = true };
	pool_submit(job->daemon->pool, &job->work);
}

static void reassign_job_run(struct work *work)
{
	struct reassign_job *job = caa_container_of(work, struct reassign_job, work);

	job->error = mp_dm_reassign(job->wwid, job->paths, job->count);
}

static void reassign_job_done(struct work *work)
{
	struct reassign_job *job = caa_container_of(work, struct reassign_job, work);

	if (!work->skipped)
		job->ended(job);
	free(job);
}

void devices_reassign(struct reassign_job *job)
{
	job->work = (struct work){ .run = reassign_job_run,
				   .done = reassign_job_done,
				   .lane = lane_of_table(job->wwid),
				   .exclusive = true };
	pool_submit(job->daemon->pool, &job->work);
}
