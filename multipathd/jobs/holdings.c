/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/holdings.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "gmultipath/taste.h"
#include "kernel/probe.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum { PATIENCE_SEC = 5 }; /* for sysfs */

static const uint64_t usec_per_sec = 1000000;

static void holding_read(struct holding *holding, const char *wwid)
{
	struct mp_reading *reading = &holding->reading;

	reading->parts = MP_READ_IDENTITY | MP_READ_PROPS | MP_READ_UEVENT | MP_READ_PAGE;
	reading->devt = holding->devt;
	mp_reading_take(&mp_roots_system, reading);
	if (reading->error >= 0)
		holding->named = mp_probe_page_names(&mp_roots_system, reading->identity.protocol,
						     reading->dir, wwid);
}

static void holdings_job_run(struct work *work)
{
	struct holdings_job *job = caa_container_of(work, struct holdings_job, work);

	for (size_t i = 0; i < job->count; i++)
		holding_read(&job->holdings[i], job->wwid);
}

static void holdings_job_done(struct work *work)
{
	struct holdings_job *job = caa_container_of(work, struct holdings_job, work);

	job->daemon->operations--;
	if (!work->skipped) {
		job->ended(job);
		inventory_wake(&job->daemon->inventory); /* even if the map is gone */
	}
	for (size_t i = 0; i < job->count; i++)
		mp_reading_fini(&job->holdings[i].reading);
	free(job);
}

int holdings_read(struct daemon_map *map, uint64_t number, void (*ended)(struct holdings_job *job))
{
	const struct mp_table *table = &map->map.kernel.table;
	struct holdings_job *job =
		calloc(1, sizeof(*job) + mp_table_count(table) * sizeof(*job->holdings));

	if (!job)
		return -ENOMEM;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			job->holdings[job->count++].devt = table->groups[g].paths[p].devt;
	job->daemon = map->inventory->daemon;
	job->ended = ended;
	job->number = number;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->work = (struct work){ .run = holdings_job_run,
				   .done = holdings_job_done,
				   .lane = lane_of_disks(map->map.wwid) };
	job->daemon->operations++;
	pool_submit(job->daemon->pool, &job->work);
	return 0;
}

/* ---- paths */

struct held_path {
	uint64_t path_id;
	unsigned number;
	dev_t devt;
	enum mp_protocol protocol;
	char dir[MP_PROBE_DIR_SIZE];
	/* answer */
	char serial[sizeof(((struct mp_identity_room *)0)->serial)];
	char scanned[MP_WWID_SIZE];
};

struct members_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	bool (*may_go_without)(const struct daemon_map *map);
	char wwid[MP_WWID_SIZE];
	size_t count;
	struct held_path members[];
};

static void members_job_run(struct work *work)
{
	struct members_job *job = caa_container_of(work, struct members_job, work);

	for (size_t i = 0; i < job->count; i++) {
		struct held_path *member = &job->members[i];
		struct mp_identity identity = { .protocol = member->protocol, .serial = "" };
		struct mp_identity_room room;

		mp_probe_listed(&mp_roots_system, member->dir, &identity, &room);
		snprintf(member->serial, sizeof(member->serial), "%s", identity.serial);
		taste_wwid(member->devt, member->scanned, sizeof(member->scanned));
	}
}

static struct daemon_path *member_find(const struct members_job *job, size_t number)
{
	const struct held_path *member = &job->members[number];
	struct daemon_path *path = paths_find_id(&job->daemon->inventory, member->path_id);

	return path && path->reading_number == member->number ? path : NULL;
}

/* The map does not wait for them any more. */
static void members_job_end(struct members_job *job, const char *reason)
{
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);

	if (!map)
		return;
	map->reads_paths = false;
	maps_touch(map, reason);
}

static void members_job_expired(struct work *work)
{
	struct members_job *job = caa_container_of(work, struct members_job, work);
	const struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);

	if (!map || !job->may_go_without(map))
		return;
	log_warning("%s: sysfs does not answer, continuing without serial numbers", map->map.name);
	for (size_t i = 0; i < job->count; i++) {
		struct daemon_path *path = member_find(job, i);

		if (path)
			path->was_read = true;
	}
	members_job_end(job, "what sysfs has of its paths is not waited for");
}

static void member_take(const struct held_path *member, struct daemon_path *path)
{
	char *scanned = strdup(member->scanned);

	if (*member->serial)
		paths_told_listed(path, member->serial, 0);
	if (!scanned)
		return; /* it is read again */
	free(path->scanned);
	path->scanned = scanned;
	path->was_read = true;
}

static void members_job_done(struct work *work)
{
	struct members_job *job = caa_container_of(work, struct members_job, work);

	job->daemon->operations--;
	for (size_t i = 0; !work->skipped && i < job->count; i++) {
		struct daemon_path *path = member_find(job, i);

		if (path)
			member_take(&job->members[i], path);
	}
	if (!work->skipped) {
		members_job_end(job, "what sysfs has of its paths is known");
		inventory_wake(&job->daemon->inventory);
	}
	free(job);
}

int holdings_read_paths(struct daemon_map *map,
			bool (*may_go_without)(const struct daemon_map *map))
{
	struct members_job *job;
	const struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	job = calloc(1, sizeof(*job) + count * sizeof(*job->members));
	if (!job)
		return -ENOMEM;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		struct held_path *member = &job->members[job->count];

		if (daemon_path_of(path)->was_read)
			continue;
		member->path_id = path->id;
		member->number = daemon_path_of(path)->reading_number;
		member->devt = path->identity.devt;
		member->protocol = path->identity.protocol;
		snprintf(member->dir, sizeof(member->dir), "%s", daemon_path_of(path)->dir);
		job->count++;
	}
	job->daemon = map->inventory->daemon;
	job->may_go_without = may_go_without;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	job->work = (struct work){ .run = members_job_run,
				   .done = members_job_done,
				   .expired = members_job_expired,
				   .lane = lane_of_disks(map->map.wwid),
				   .timeout_usec = PATIENCE_SEC * usec_per_sec };
	map->reads_paths = true;
	job->daemon->operations++;
	pool_submit(job->daemon->pool, &job->work);
	return 0;
}
