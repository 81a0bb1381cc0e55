/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/tuning.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum { PATIENCE_SEC = 5 };

static const uint64_t usec_per_sec = 1000000;

/* For one path. A write may wait for the path's port, so it runs in the lane of that port. */
struct tuning_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	tuning_ended_fn ended;
	uint64_t path_id;
	struct mp_tuning tuning;
	struct mp_tuning_plan plan;
	unsigned failures;
	char dir[MP_PROBE_DIR_SIZE];
};

static void tuning_run(struct work *work)
{
	struct tuning_job *job = caa_container_of(work, struct tuning_job, work);

	mp_tuning_compare(&mp_roots_system, job->dir, &job->tuning, &job->plan);
	job->failures = mp_tuning_apply(&mp_roots_system, &job->plan);
}

/* Paths share ports and hosts: each failure is logged once. */
static uint64_t failure_id(const struct mp_tuning_write *write)
{
	return mp_hash_text(write->dir) ^ mp_hash_number(mp_hash_text(write->attribute)) ^
	       mp_hash_number(mp_hash_number(mp_hash_text(write->value)) + write->error);
}

static void tuning_log(struct daemon *daemon, const struct daemon_path *path,
		       const struct tuning_job *job)
{
	const char *name = mp_path_name(&path->path);

	for (unsigned i = 0; i < MP_TUNING_NOTES; i++) {
		int level;
		const char *text = mp_tuning_note(i, &level);

		if (job->plan.notes & 1u << i)
			log_line(level, "%s: %s", name, text);
	}
	for (size_t i = 0; i < job->plan.count; i++) {
		const struct mp_tuning_write *write = &job->plan.writes[i];

		if (!write->error)
			log_info("%s: /sys/%s/%s set to %s", name, write->dir, write->attribute,
				 write->value);
		else if (write->error == -EBUSY)
			log_info("%s: /sys/%s/%s is not set to %s while the port is gone", name,
				 write->dir, write->attribute, write->value);
		else if (warnings_is_first(&daemon->warnings, failure_id(write)))
			log_warning("%s: /sys/%s/%s cannot be set to %s: %s", name, write->dir,
				    write->attribute, write->value, strerror(-write->error));
	}
}

static bool tuning_is_underway(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (daemon_path_of(path)->tuning)
			return true;
	return false;
}

/* Return: the map that has nothing to wait for any more, NULL: none */
static struct daemon_map *tuning_end_path(struct daemon_path *path)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	path->tuning = false;
	return map && !tuning_is_underway(map) ? map : NULL;
}

static void tuning_expired(struct work *work)
{
	struct tuning_job *job = caa_container_of(work, struct tuning_job, work);
	struct daemon_path *path = paths_find_id(&job->daemon->inventory, job->path_id);

	if (!path || !path->tuning)
		return;
	log_warning("%s: its timeouts and limits are not set yet: sysfs does not answer",
		    mp_path_name(&path->path));
	job->ended(job->daemon, tuning_end_path(path));
}

static void tuning_done(struct work *work)
{
	struct tuning_job *job = caa_container_of(work, struct tuning_job, work);
	struct daemon *daemon = job->daemon;
	struct daemon_path *path = paths_find_id(&daemon->inventory, job->path_id);
	struct daemon_map *map = NULL;

	daemon->operations--;
	if (path && job->work.skipped) {
		path->is_tuned = false;
	} else if (path) {
		tuning_log(daemon, path, job);
		for (size_t i = 0; i < job->plan.count; i++)
			path->tuning_refused |= job->plan.writes[i].error == -EBUSY;
	}
	if (path && path->tuning)
		map = tuning_end_path(path);
	job->ended(daemon, map);
	free(job);
}

static void tuning_tune_path(struct daemon_path *path, const struct mp_tuning *wanted,
			     tuning_ended_fn ended)
{
	struct tuning_job *job = calloc(1, sizeof(*job));

	if (!job) {
		log_error("%s: timeouts and limits are not set: out of memory",
			  mp_path_name(&path->path));
		return;
	}
	job->daemon = path->inventory->daemon;
	job->ended = ended;
	job->path_id = path->path.id;
	job->tuning = *wanted;
	strncpy(job->dir, path->dir, sizeof(job->dir) - 1);
	job->work = (struct work){ .run = tuning_run,
				   .done = tuning_done,
				   .expired = tuning_expired,
				   .lane = lane_of_path(&path->path.identity),
				   .timeout_usec = PATIENCE_SEC * usec_per_sec };
	path->tuned = *wanted;
	path->is_tuned = true;
	path->tuning_refused = false;
	path->tuning = true;
	path->inventory->daemon->operations++;
	pool_submit(path->inventory->daemon->pool, &job->work);
}

bool tuning_start(struct daemon_map *map, tuning_ended_fn ended)
{
	struct mp_path *path;

	if (map->inventory->options.dry_run)
		return false;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		struct daemon_path *managed = daemon_path_of(path);
		bool member = map->map.kernel.exists &&
			      mp_table_find(&map->map.kernel.table, path->identity.devt);
		struct mp_tuning wanted = mp_tuning_make(path->identity.protocol,
							 &managed->settings, &map->map.settings,
							 member);

		if (managed->tuning || mp_tuning_is_empty(&wanted) ||
		    (managed->is_tuned && mp_tuning_covers(&managed->tuned, &wanted)))
			continue;
		/* A write that hangs must not keep the map waiting. */
		if (path->state == MP_PATH_PENDING || path->state == MP_PATH_TIMEOUT)
			managed->tuning_refused = true;
		else
			tuning_tune_path(managed, &wanted, ended);
	}
	return tuning_is_underway(map);
}

bool tuning_repeat(struct daemon_path *path)
{
	if (!path->tuning_refused)
		return false;
	tuning_forget(path);
	return true;
}

void tuning_forget(struct daemon_path *path)
{
	path->is_tuned = false;
}
