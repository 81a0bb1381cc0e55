/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/notes.h"

#include "config/geom_notes.h"
#include "multipathd/jobs/files.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

static void notes_run(struct work *work)
{
	struct notes_job *job = caa_container_of(work, struct notes_job, work);

	job->error = mp_geom_notes_load(job->dir, MP_GEOM_NOTES_FILE, &job->notes);
}

static void notes_on_done(struct work *work)
{
	struct notes_job *job = caa_container_of(work, struct notes_job, work);

	job->ended(job);
}

void notes_start(struct daemon *daemon, struct notes_job *job, void (*ended)(struct notes_job *job))
{
	*job = (struct notes_job){
		.daemon = daemon,
		.ended = ended,
		.dir = files_dir(daemon),
		.work = {
			.run = notes_run,
			.done = notes_on_done,
			.lane = LANE_GEOM_NOTES,
			.exclusive = true,
		},
	};
	pool_submit(daemon->pool, &job->work);
}

void notes_job_fini(struct notes_job *job)
{
	mp_strbuf_fini(&job->notes);
}
