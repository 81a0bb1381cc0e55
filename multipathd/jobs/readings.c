/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/readings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "multipathd/loop/pool.h"
#include "multipathd/loop/request.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/paths.h"

struct readings_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	serve_fn then;
	struct request request; /* its text is owned */
	char *text;
	struct disk_reading *readings;
	size_t count;
};

static void readings_job_free(struct readings_job *job)
{
	for (size_t i = 0; job->readings && i < job->count; i++)
		mp_reading_fini(&job->readings[i].disk);
	free(job->readings);
	free(job->text);
	free(job);
}

static void readings_job_run(struct work *work)
{
	struct readings_job *job = caa_container_of(work, struct readings_job, work);

	for (size_t i = 0; i < job->count; i++)
		mp_reading_take(&mp_roots_system, &job->readings[i].disk);
}

static void readings_job_done(struct work *work)
{
	struct readings_job *job = caa_container_of(work, struct readings_job, work);

	if (work->skipped)
		daemon_reply(job->daemon, job->request.id, "fail\n");
	else
		job->then(job->daemon, &job->request,
			  &(struct details){ .readings = job->readings,
					     .reading_count = job->count });
	readings_job_free(job);
}

int readings_start(struct daemon *daemon, const char *const *names, size_t count,
		   const struct request *request, serve_fn then)
{
	struct readings_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->daemon = daemon;
	job->then = then;
	job->text = strdup(request->text);
	job->request = *request;
	job->request.text = job->text;
	job->readings = calloc(count + 1, sizeof(*job->readings));
	if (!job->text || !job->readings) {
		readings_job_free(job);
		return -ENOMEM;
	}
	job->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct daemon_path *path = paths_find_name(&daemon->inventory, names[i]);
		struct disk_reading *reading = &job->readings[i];

		snprintf(reading->disk.name, sizeof(reading->disk.name), "%s", names[i]);
		reading->path_id = path ? path->path.id : 0;
		reading->path_epoch = path ? path->path.epoch : 0;
	}
	job->work = (struct work){ .run = readings_job_run,
				   .done = readings_job_done,
				   .lane = LANE_READINGS };
	pool_submit(daemon->pool, &job->work);
	return 0;
}

bool readings_are_current(const struct daemon *daemon, const struct disk_reading *reading)
{
	const struct daemon_path *path = paths_find_name(&daemon->inventory, reading->disk.name);

	return path ? path->path.id == reading->path_id && path->path.epoch == reading->path_epoch :
		      !reading->path_id;
}
