/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/messages.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/dm.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

const char messages_cancel_removal[] = "@cancel_deferred_remove";

static void message_job_run(struct work *work)
{
	struct message_job *job = caa_container_of(work, struct message_job, work);

	/* The maps of its partitions are kept as well. */
	job->error = strcmp(job->text, messages_cancel_removal) ?
			     mp_dm_message(job->wwid, job->text) :
			     mp_dm_cancel_deferred(job->wwid);
}

static void message_job_done(struct work *work)
{
	struct message_job *job = caa_container_of(work, struct message_job, work);

	if (!work->skipped)
		job->ended(job);
	free(job);
}

int messages_send(struct daemon *daemon, const char *wwid, const char *text, uint64_t request,
		  void (*ended)(struct message_job *job))
{
	struct message_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->daemon = daemon;
	job->ended = ended;
	job->request = request;
	snprintf(job->wwid, sizeof(job->wwid), "%s", wwid);
	snprintf(job->text, sizeof(job->text), "%s", text);
	job->work = (struct work){ .run = message_job_run,
				   .done = message_job_done,
				   .lane = lane_of_messages(wwid),
				   .exclusive = true };
	pool_submit(daemon->pool, &job->work);
	return 0;
}
