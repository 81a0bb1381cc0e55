/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/rescans.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/probe.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/paths.h"

/* An operation of the kernel on the device, which may take long. */
struct rescan_job {
	struct work work;
	char dir[MP_PROBE_DIR_SIZE];
	int error;
};

static void rescan_run(struct work *work)
{
	struct rescan_job *job = caa_container_of(work, struct rescan_job, work);

	mp_probe_write(&mp_roots_system, job->dir, "device/rescan", "1");
	mp_probe_trigger(&mp_roots_system, job->dir, "change");
}

static void rescan_delete_run(struct work *work)
{
	struct rescan_job *job = caa_container_of(work, struct rescan_job, work);

	job->error = mp_probe_write(&mp_roots_system, job->dir, "device/delete", "1");
}

static void rescan_job_done(struct work *work)
{
	struct rescan_job *job = caa_container_of(work, struct rescan_job, work);

	if (job->error < 0 && job->error != -ENOENT)
		log_error("/sys/%s/device/delete: %s", job->dir, strerror(-job->error));
	free(job);
}

static void rescan_start(struct daemon_path *path, void (*run)(struct work *work))
{
	struct rescan_job *job = calloc(1, sizeof(*job));

	if (!job)
		return;
	snprintf(job->dir, sizeof(job->dir), "%s", path->dir);
	job->work = (struct work){ .run = run,
				   .done = rescan_job_done,
				   .lane = lane_of_path(&path->path.identity) };
	pool_submit(path->inventory->daemon->pool, &job->work);
}

void rescans_start(struct daemon_path *path)
{
	rescan_start(path, rescan_run);
}

void rescans_delete(struct daemon_path *path)
{
	rescan_start(path, rescan_delete_run);
}
