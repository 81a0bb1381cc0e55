/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/details.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "kernel/nvme.h"
#include "kernel/probe.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

struct path_details {
	uint64_t id;
	char *dir;
	enum mp_protocol protocol;
	bool has_serial; /* it is not read again */
	char *serial; /* answer, NULL none */
	unsigned max_sectors_kb; /* answer, 0 unknown */
};

struct map_details {
	dev_t devt;
	unsigned max_sectors_kb; /* answer */
};

struct details_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	unsigned kinds;
	serve_fn then;
	struct request request; /* its text is owned */
	char *text;
	struct path_details *paths;
	size_t path_count;
	struct map_details *maps;
	size_t map_count;
	struct details details;
	uint64_t spent_usec;
};

static void details_job_free(struct details_job *job)
{
	for (size_t i = 0; i < job->path_count; i++) {
		free(job->paths[i].dir);
		free(job->paths[i].serial);
	}
	free(job->paths);
	free(job->maps);
	free(job->details.disks);
	mp_foreign_fini(&job->details.foreign);
	free(job->text);
	free(job);
}

/* ---- on a worker */

static void path_details_read(struct path_details *path)
{
	struct mp_identity identity = { .protocol = path->protocol,
					.serial = path->has_serial ? "known" : "" };
	struct mp_identity_room room;

	mp_probe_listed(&mp_roots_system, path->dir, &identity, &room);
	path->max_sectors_kb = identity.max_sectors_kb;
	if (!path->has_serial && *identity.serial)
		path->serial = strdup(identity.serial);
}

static int details_on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct details *details = userdata;
	size_t count = details->disk_count;
	struct details_disk *disks = details->disks;

	(void)dir;
	if (strlen(name) >= sizeof(disks->name))
		return 0;
	if ((count & (count - 1)) == 0) { /* full: room for twice as many */
		disks = reallocarray(disks, count ? 2 * count : 1, sizeof(*disks));
		if (!disks)
			return -ENOMEM;
		details->disks = disks;
	}
	disks[count].devt = devt;
	strcpy(disks[count].name, name);
	details->disk_count++;
	return 0;
}

static void details_job_run(struct work *work)
{
	struct details_job *job = caa_container_of(work, struct details_job, work);
	uint64_t begin = pool_cpu_usec();

	for (size_t i = 0; i < job->path_count; i++)
		path_details_read(&job->paths[i]);
	for (size_t i = 0; i < job->map_count; i++)
		job->maps[i].max_sectors_kb =
			mp_probe_max_sectors_kb(&mp_roots_system, job->maps[i].devt);
	if (job->kinds & DETAILS_DISKS)
		job->details.error =
			mp_probe_enumerate(&mp_roots_system, details_on_found, &job->details);
	if (job->kinds & DETAILS_FOREIGN)
		mp_nvme_list(&mp_roots_system, &job->details.foreign);
	job->spent_usec = pool_cpu_usec() - begin;
}

/* ---- on the loop */

static void details_job_done(struct work *work)
{
	struct details_job *job = caa_container_of(work, struct details_job, work);
	struct daemon *daemon = job->daemon;

	if (work->skipped) {
		daemon_reply(daemon, job->request.id, "fail\n");
		details_job_free(job);
		return;
	}
	for (size_t i = 0; i < job->path_count; i++) {
		struct daemon_path *path = paths_find_id(&daemon->inventory, job->paths[i].id);

		if (path)
			paths_told_listed(path, job->paths[i].serial, job->paths[i].max_sectors_kb);
	}
	for (size_t i = 0; i < job->map_count; i++) {
		struct daemon_map *map =
			maps_find_minor(&daemon->inventory, minor(job->maps[i].devt));

		if (map && map->map.kernel.devt == job->maps[i].devt)
			map->map.kernel.max_sectors_kb = job->maps[i].max_sectors_kb;
	}
	if (!job->request.is_root && daemon->server)
		server_charge_users(daemon->server, job->spent_usec);
	job->then(daemon, &job->request, &job->details);
	details_job_free(job);
}

static int details_add_paths(struct details_job *job)
{
	const struct mp_path *path;

	job->paths = calloc(job->daemon->inventory.path_count + 1, sizeof(*job->paths));
	if (!job->paths)
		return -ENOMEM;
	cds_list_for_each_entry(path, &job->daemon->inventory.paths, in_all) {
		struct path_details *details = &job->paths[job->path_count++];

		details->id = path->id;
		details->protocol = path->identity.protocol;
		details->has_serial = *path->identity.serial;
		details->dir = strdup(daemon_path_of(path)->dir);
		if (!details->dir)
			return -ENOMEM;
	}
	return 0;
}

static int details_add_maps(struct details_job *job)
{
	const struct mp_map *map;

	job->maps = calloc(job->daemon->inventory.map_count + 1, sizeof(*job->maps));
	if (!job->maps)
		return -ENOMEM;
	cds_list_for_each_entry(map, &job->daemon->inventory.maps, in_all)
		if (map->kernel.exists)
			job->maps[job->map_count++].devt = map->kernel.devt;
	return 0;
}

int details_read(struct daemon *daemon, unsigned kinds, const struct request *request,
		 serve_fn then)
{
	struct details_job *job = calloc(1, sizeof(*job));
	int r = 0;

	if (!job)
		return -ENOMEM;
	job->daemon = daemon;
	job->kinds = kinds;
	job->then = then;
	job->text = strdup(request->text);
	job->request = *request;
	job->request.text = job->text;
	if (!job->text)
		r = -ENOMEM;
	if (r == 0 && kinds & DETAILS_PATHS)
		r = details_add_paths(job);
	if (r == 0 && kinds & DETAILS_MAPS)
		r = details_add_maps(job);
	if (r < 0) {
		details_job_free(job);
		return r;
	}
	job->work = (struct work){ .run = details_job_run,
				   .done = details_job_done,
				   .lane = LANE_LISTINGS };
	pool_submit(daemon->pool, &job->work);
	return 0;
}
