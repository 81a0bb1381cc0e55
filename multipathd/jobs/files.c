/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"

struct files_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	char *bindings; /* text, NULL: unchanged */
	char *written; /* the file's content then */
	char **wwids;
	size_t wwid_count;
	int bindings_error, wwids_error;
};

struct files {
	struct files_job *writing; /* in progress, NULL: none */
	char **new_wwids; /* for the next one */
	size_t new_wwid_count;
	uint64_t readings; /* reads of the wwids file started so far */
	bool reading, read_again;
};

bool files_wwid_created(struct daemon *daemon, const char *wwid)
{
	struct files *files = daemon->files;
	char **wwids;
	char *copy;

	if (mp_wwids_remember(daemon->inventory.wwids, wwid) != 1)
		return false;
	copy = strdup(wwid);
	wwids = reallocarray(files->new_wwids, files->new_wwid_count + 1, sizeof(*wwids));
	if (!copy || !wwids) {
		log_error("%s: not recorded in the wwids file: out of memory", wwid);
		free(copy);
		if (wwids)
			files->new_wwids = wwids;
		return true;
	}
	files->new_wwids = wwids;
	files->new_wwids[files->new_wwid_count++] = copy;
	inventory_wake(&daemon->inventory);
	return true;
}

static void files_job_run(struct work *work)
{
	struct files_job *job = caa_container_of(work, struct files_job, work);
	int r;

	if (job->bindings)
		job->bindings_error = mp_bindings_write(STATE_DIR, job->bindings, &job->written);
	if (job->wwid_count) {
		r = mp_wwids_file_add_many(STATE_DIR, (const char *const *)job->wwids,
					   job->wwid_count);
		job->wwids_error = r < 0 ? r : 0;
	}
}

/* Another program may have assigned the name first. */
static bool map_lost_name(const struct daemon_map *map)
{
	const char *wwid = mp_bindings_wwid(map->inventory->bindings, map->map.name);

	return !wwid || strcmp(wwid, map->map.wwid);
}

/* All names that maps wait for are in the file, with whatever WWID. */
static bool bindings_are_back(const struct daemon *daemon, const char *text)
{
	_cleanup_(mp_bindings_freep) struct mp_bindings *written = NULL;
	const struct mp_map *map;

	if (mp_bindings_new(&written) < 0 ||
	    mp_bindings_parse(written, "bindings", text, strlen(text), NULL, NULL, NULL) < 0)
		return true;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (daemon_map_of(map)->naming &&
		    mp_bindings_wwid(daemon->inventory.bindings, map->name) &&
		    !mp_bindings_wwid(written, map->name) && !daemon->inventory.bindings_dirty)
			return false;
	return true;
}

/*
 * Maps that waited for their names. If the file cannot be written, no new names are assigned until
 * the next reconfigure.
 */
static void files_bindings_written(struct daemon *daemon, const struct files_job *job)
{
	int error = job->bindings_error;
	struct mp_map *map;

	if (error == 0 && strcmp(job->bindings, job->written))
		error = mp_bindings_adopt(daemon->inventory.bindings, job->written,
					  daemon->inventory.config);
	/* Entries that cannot be read back would be written again and again. */
	if (error == 0 && !bindings_are_back(daemon, job->written))
		error = -EILSEQ;
	if (error < 0) {
		log_error(STATE_DIR
			  "/bindings: cannot write: %s; new maps are named by their WWIDs",
			  strerror(-error));
		daemon->inventory.bindings_broken = true;
		daemon->inventory.bindings_dirty = false;
		mp_bindings_load(daemon->inventory.bindings, STATE_DIR, true,
				 daemon->inventory.config, daemon_diagnostic, daemon);
	} else {
		log_info("updated bindings file " STATE_DIR "/bindings");
	}
	/* Names chosen in the meantime go into the next write, and wait for it. */
	if (error >= 0 && daemon->inventory.bindings_dirty)
		return;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *waiting = daemon_map_of(map);

		if (!waiting->naming)
			continue;
		waiting->naming = false;
		waiting->named = !map_lost_name(waiting);
		maps_touch(waiting, "its name is settled");
	}
}

static void files_job_done(struct work *work)
{
	struct files_job *job = caa_container_of(work, struct files_job, work);
	struct daemon *daemon = job->daemon;

	daemon->operations--;
	daemon->files->writing = NULL;
	if (job->bindings && !work->skipped)
		files_bindings_written(daemon, job);
	if (job->wwids_error < 0)
		log_error(STATE_DIR "/wwids: cannot write: %s", strerror(-job->wwids_error));
	for (size_t i = 0; i < job->wwid_count; i++)
		free(job->wwids[i]);
	free(job->wwids);
	free(job->written);
	free(job->bindings);
	free(job);
	inventory_wake(&daemon->inventory);
}

void files_write(struct daemon *daemon)
{
	struct files *files = daemon->files;
	struct files_job *job;

	/* One write at a time; later changes go into the next one. */
	if (files->writing || (!daemon->inventory.bindings_dirty && !files->new_wwid_count))
		return;
	job = calloc(1, sizeof(*job));
	if (!job)
		return;
	job->daemon = daemon;
	if (daemon->inventory.bindings_dirty &&
	    mp_bindings_format(daemon->inventory.bindings, &job->bindings) < 0)
		log_error("bindings not written: out of memory");
	else
		daemon->inventory.bindings_dirty = false;
	job->wwids = TAKE_PTR(files->new_wwids);
	job->wwid_count = files->new_wwid_count;
	files->new_wwid_count = 0;
	job->work = (struct work){
		.run = files_job_run, .done = files_job_done, .lane = LANE_FILES, .exclusive = true
	};
	files->writing = job;
	daemon->operations++;
	pool_submit(daemon->pool, &job->work);
}

/* Changes by multipath -a, -w and -W, and other programs. */

struct wwids_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	uint64_t number;
	struct mp_wwids *wwids;
	int error;
};

static int remember_all(struct mp_wwids *wwids, char *const *which, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int r = mp_wwids_remember(wwids, which[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * The file replaces the list in memory, except for entries that are being written. Takes @read.
 */
static int files_adopt_wwids(struct daemon *daemon, struct mp_wwids *read)
{
	const struct files *files = daemon->files;
	const struct files_job *writing = files->writing;
	struct mp_map *map;
	int r = remember_all(read, files->new_wwids, files->new_wwid_count);

	if (r == 0 && writing)
		r = remember_all(read, writing->wwids, writing->wwid_count);
	if (r < 0) {
		mp_wwids_free(read);
		return r;
	}
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *managed = daemon_map_of(map);

		if (mp_wwids_has(read, map->wwid))
			managed->wwid_removed = false;
		else if (map->kernel.exists && mp_wwids_has(daemon->inventory.wwids, map->wwid))
			managed->wwid_removed = true;
	}
	mp_wwids_free(daemon->inventory.wwids);
	daemon->inventory.wwids = read;
	return 0;
}

struct mp_config_source files_config_source(const struct daemon *daemon)
{
	return (struct mp_config_source){
		.file = CONFIG_FILE,
		.dir = CONFIG_DIR,
		.verbosity = daemon->inventory.options.verbosity,
		.ignore_wwids = daemon->inventory.options.ignore_wwids,
	};
}

int files_load_wwids(struct daemon *daemon)
{
	struct mp_wwids *read;
	int r = mp_wwids_new(&read);

	if (r < 0)
		return r;
	r = mp_wwids_load(read, STATE_DIR);
	if (r < 0) {
		mp_wwids_free(read);
		return r;
	}
	return files_adopt_wwids(daemon, read);
}

static void wwids_job_run(struct work *work)
{
	struct wwids_job *job = caa_container_of(work, struct wwids_job, work);

	job->error = mp_wwids_new(&job->wwids);
	if (job->error == 0)
		job->error = mp_wwids_load(job->wwids, STATE_DIR);
}

static void wwids_job_done(struct work *work)
{
	struct wwids_job *job = caa_container_of(work, struct wwids_job, work);
	struct daemon *daemon = job->daemon;
	struct files *files = daemon->files;
	struct mp_map *map;
	int r = job->error;

	daemon->operations--;
	files->reading = false;
	if (work->skipped) { /* the daemon ends */
		free(job);
		return;
	}
	if (r == 0)
		r = files_adopt_wwids(daemon, TAKE_PTR(job->wwids));
	if (r < 0)
		log_error(STATE_DIR "/wwids: %s", strerror(-r));
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *waiting = daemon_map_of(map);

		if (!waiting->wwids_awaited || waiting->wwids_awaited > job->number)
			continue;
		waiting->wwids_awaited = 0;
		waiting->wwids_read = true;
		maps_touch(waiting, "the wwids file has been read");
	}
	mp_wwids_free(job->wwids);
	free(job);
	if (files->read_again) {
		files->read_again = false;
		files_read_wwids(daemon);
	}
	inventory_wake(&daemon->inventory);
}

void files_read_wwids(struct daemon *daemon)
{
	struct files *files = daemon->files;
	struct wwids_job *job;

	if (files->reading) {
		files->read_again = true;
		return;
	}
	job = calloc(1, sizeof(*job));
	if (!job)
		return;
	job->daemon = daemon;
	job->number = ++files->readings;
	/* In the writer's lane, so that earlier writes are included. */
	job->work = (struct work){
		.run = wwids_job_run, .done = wwids_job_done, .lane = LANE_FILES, .exclusive = true
	};
	files->reading = true;
	daemon->operations++;
	pool_submit(daemon->pool, &job->work);
}

void files_await_wwids(struct daemon_map *map)
{
	map->wwids_awaited = map->inventory->daemon->files->readings + 1;
	files_read_wwids(map->inventory->daemon);
}

bool files_is_writing(const struct daemon *daemon)
{
	return daemon->files->writing;
}

int files_new(struct files **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct files *files_free(struct files *files)
{
	if (!files)
		return NULL;
	for (size_t i = 0; i < files->new_wwid_count; i++)
		free(files->new_wwids[i]);
	free(files->new_wwids);
	free(files);
	return NULL;
}
