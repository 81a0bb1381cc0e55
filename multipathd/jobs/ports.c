/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/probe.h"
#include "kernel/sysfs.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/paths.h"

static const char attribute[] = "port_state";
static const char *const texts[] = { [PORT_ONLINE] = "Online", [PORT_MARGINAL] = "Marginal" };

/* A write waits for the host's lock, so it runs in the lane of the port. */
struct port_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	ports_written_fn written;
	struct mp_address port;
	enum port_state state;
	int error;
	char dir[MP_PROBE_DIR_SIZE];
};

static void port_run(struct work *work)
{
	struct port_job *job = caa_container_of(work, struct port_job, work);
	struct mp_probe_scsi_dirs dirs;

	mp_probe_scsi_dirs(job->dir, &dirs);
	job->error = mp_sysfs_write(mp_roots_system.sys, dirs.nexus, attribute, texts[job->state]);
}

static void port_done(struct work *work)
{
	struct port_job *job = caa_container_of(work, struct port_job, work);

	job->written(job->daemon, &job->port, job->state,
		     job->work.skipped ? -ECANCELED : job->error);
	free(job);
}

int ports_write(const struct daemon_path *path, enum port_state state, ports_written_fn written)
{
	struct port_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->daemon = path->inventory->daemon;
	job->written = written;
	job->port = path->path.identity.address;
	job->state = state;
	strncpy(job->dir, path->dir, sizeof(job->dir) - 1);
	job->work = (struct work){ .run = port_run,
				   .done = port_done,
				   .lane = lane_of_path(&path->path.identity) };
	pool_submit(job->daemon->pool, &job->work);
	return 0;
}

enum port_state ports_read(const char *dir)
{
	struct mp_probe_scsi_dirs dirs;
	char text[32];

	mp_probe_scsi_dirs(dir, &dirs);
	if (dirs.protocol != MP_PROTOCOL_SCSI_FCP ||
	    mp_sysfs_read(mp_roots_system.sys, dirs.nexus, attribute, text, sizeof(text)) < 0)
		return PORT_UNKNOWN;
	for (enum port_state state = PORT_ONLINE; state <= PORT_MARGINAL; state++)
		if (!strcmp(text, texts[state]))
			return state;
	return PORT_UNKNOWN;
}
