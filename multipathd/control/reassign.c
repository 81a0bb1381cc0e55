/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reassign.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/jobs/devices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

static void reassign_on_ended(struct reassign_job *job)
{
	if (job->error < 0)
		log_error("%s: cannot reassign devices stacked on its paths: %s", job->wwid,
			  strerror(-job->error));
	daemon_reply(job->daemon, job->request, job->error < 0 ? "fail\n" : "ok\n");
}

int reassign_start(struct daemon_map *map, uint64_t request)
{
	struct reassign_job *job;
	struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	job = calloc(1, sizeof(*job) + count * sizeof(*job->paths));
	if (!job)
		return -ENOMEM;
	/* Devices stacked on a path that leads to another LUN do not belong to the map. */
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (!path->wrong_wwid)
			job->paths[job->count++] = path->identity.devt;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->daemon = map->inventory->daemon;
	job->request = request;
	job->ended = reassign_on_ended;
	devices_reassign(job);
	return 0;
}
