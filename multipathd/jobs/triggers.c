/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/triggers.h"

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
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

struct trigger_job {
	struct work work;
	char dir[MP_PROBE_DIR_SIZE];
	char action[16];
	int error;
};

static void trigger_run(struct work *work)
{
	struct trigger_job *job = caa_container_of(work, struct trigger_job, work);

	job->error = mp_probe_trigger(&mp_roots_system, job->dir, job->action);
}

static void trigger_done(struct work *work)
{
	struct trigger_job *job = caa_container_of(work, struct trigger_job, work);

	if (job->error < 0 && job->error != -ENOENT && job->error != -ENODEV)
		log_warning("cannot trigger a %s event for %s: %s", job->action, job->dir,
			    strerror(-job->error));
	free(job);
}

void triggers_start(struct daemon *daemon, const char *dir, const char *action)
{
	struct trigger_job *job = calloc(1, sizeof(*job));

	if (!job)
		return;
	snprintf(job->dir, sizeof(job->dir), "%s", dir);
	snprintf(job->action, sizeof(job->action), "%s", action);
	job->work = (struct work){
		.run = trigger_run, .done = trigger_done, .lane = LANE_UEVENTS, .exclusive = true
	};
	pool_submit(daemon->pool, &job->work);
}

void triggers_claim(struct daemon_path *path)
{
	struct mp_identity *identity = &path->path.identity;

	if (identity->claimed && !identity->wait_may_run)
		return;
	identity->claimed = true; /* asked for once */
	identity->wait_may_run = false;
	path->claim_asked = true;
	triggers_start(path->inventory->daemon, path->dir, "change");
}

void triggers_release(struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (path->identity.claimed) {
			path->identity.claimed = false;
			triggers_start(map->inventory->daemon, daemon_path_of(path)->dir, "add");
		}
}
