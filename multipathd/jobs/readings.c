/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/readings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "multipathd/jobs/disks.h"
#include "multipathd/loop/request.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/paths.h"

struct readings_job {
	struct disks disks;
	struct daemon *daemon;
	serve_fn then;
	struct request request; /* its text is owned */
	char *text;
	struct disk_reading *readings;
	struct mp_reading **its; /* the same, for the worker */
};

static void readings_job_free(struct readings_job *job)
{
	for (size_t i = 0; job->readings && i < job->disks.count; i++)
		mp_reading_fini(&job->readings[i].disk);
	free(job->readings);
	free(job->its);
	free(job->text);
	free(job);
}

static void readings_job_ended(struct disks *disks, bool skipped)
{
	struct readings_job *job = caa_container_of(disks, struct readings_job, disks);

	if (skipped)
		daemon_reply(job->daemon, job->request.id, "fail\n");
	else
		job->then(job->daemon, &job->request,
			  &(struct details){ .readings = job->readings,
					     .reading_count = disks->count });
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
	job->its = calloc(count + 1, sizeof(*job->its));
	if (!job->text || !job->readings || !job->its) {
		readings_job_free(job);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct daemon_path *path = paths_find_name(&daemon->inventory, names[i]);
		struct disk_reading *reading = &job->readings[i];

		job->its[i] = &reading->disk;
		reading->disk.parts = MP_READ_ALL;
		snprintf(reading->disk.name, sizeof(reading->disk.name), "%s", names[i]);
		reading->path_id = path ? path->path.id : 0;
		reading->path_epoch = path ? path->path.epoch : 0;
	}
	job->disks = (struct disks){ .roots = &mp_roots_system,
				     .readings = job->its,
				     .count = count,
				     .ended = readings_job_ended };
	disks_read(daemon->pool, &job->disks);
	return 0;
}

bool readings_are_current(const struct daemon *daemon, const struct disk_reading *reading)
{
	const struct daemon_path *path = paths_find_name(&daemon->inventory, reading->disk.name);

	return path ? path->path.id == reading->path_id && path->path.epoch == reading->path_epoch :
		      !reading->path_id;
}
