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
	const char *dir;
	struct mp_config *config; /* a reference */
	char *bindings; /* text, NULL: unchanged */
	char *text; /* the file's content then */
	struct files_written written;
	struct diagnostics diagnostics;
	char **wwids;
	size_t wwid_count;
	int wwids_error;
};

/* One read at a time. A read requested during another one begins after it. */
struct reread {
	bool underway, again;
};

struct files {
	const char *dir;
	const struct files_takers *takers;
	struct files_job *writing; /* in progress, NULL: none */
	char **new_wwids; /* for the next one */
	size_t new_wwid_count;
	uint64_t readings; /* reads of the wwids file started so far */
	struct reread wwids, bindings;
	unsigned others; /* work in the lane that is not of this file */
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

static void files_job_write_bindings(struct files_job *job)
{
	struct mp_bindings *bindings;

	job->written.error = mp_bindings_write(job->dir, job->bindings, &job->text);
	if (job->written.error < 0) {
		/* What names there are if new ones cannot be written. */
		mp_bindings_read(job->dir, true, job->config, diagnostics_collect,
				 &job->diagnostics, &job->written.fallback);
		return;
	}
	if (mp_bindings_new(&bindings) < 0)
		return;
	if (mp_bindings_parse(bindings, "bindings", job->text, strlen(job->text), NULL, NULL,
			      NULL) < 0)
		mp_bindings_free(bindings);
	else
		job->written.on_disk = bindings;
}

static void files_job_run(struct work *work)
{
	struct files_job *job = caa_container_of(work, struct files_job, work);
	int r;

	if (job->bindings)
		files_job_write_bindings(job);
	if (job->wwid_count) {
		r = mp_wwids_file_add_many(job->dir, (const char *const *)job->wwids,
					   job->wwid_count);
		job->wwids_error = r < 0 ? r : 0;
	}
}

static void files_job_free(struct files_job *job)
{
	for (size_t i = 0; i < job->wwid_count; i++)
		free(job->wwids[i]);
	free(job->wwids);
	mp_bindings_free(job->written.on_disk);
	mp_bindings_free(job->written.fallback);
	diagnostics_fini(&job->diagnostics);
	mp_config_free(job->config);
	free(job->text);
	free(job->bindings);
	free(job);
}

/* The daemon ends before it was written: back to those for the next write. */
static void files_job_return_wwids(struct files_job *job, struct files *files)
{
	size_t count = files->new_wwid_count + job->wwid_count;
	char **wwids = reallocarray(files->new_wwids, count, sizeof(*wwids));

	if (!wwids)
		return;
	files->new_wwids = wwids;
	while (job->wwid_count)
		files->new_wwids[files->new_wwid_count++] = job->wwids[--job->wwid_count];
}

static void files_job_done(struct work *work)
{
	struct files_job *job = caa_container_of(work, struct files_job, work);
	struct daemon *daemon = job->daemon;

	daemon->operations--;
	daemon->files->writing = NULL;
	job->written.bindings = job->bindings;
	job->written.text = job->text;
	job->written.diagnostics = &job->diagnostics;
	if (work->skipped)
		files_job_return_wwids(job, daemon->files);
	else if (job->bindings)
		daemon->files->takers->written(daemon, &job->written);
	if (job->wwids_error < 0)
		log_error("%s/wwids: cannot write: %s", job->dir, strerror(-job->wwids_error));
	files_job_free(job);
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
	job->dir = files->dir;
	job->config = mp_config_ref(daemon->inventory.config);
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

static int remember_all(struct mp_wwids *wwids, char *const *which, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int r = mp_wwids_remember(wwids, which[i]);

		if (r < 0)
			return r;
	}
	return 0;
}

int files_add_unwritten(const struct daemon *daemon, struct mp_wwids *wwids)
{
	const struct files *files = daemon->files;
	const struct files_job *writing = files->writing;
	int r = remember_all(wwids, files->new_wwids, files->new_wwid_count);

	if (r == 0 && writing)
		r = remember_all(wwids, writing->wwids, writing->wwid_count);
	return r;
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

const char *files_dir(const struct daemon *daemon)
{
	return daemon->files->dir;
}

/* Changes by multipath -a, -w and -W, and other programs. */

struct reading_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	const char *dir;
	struct mp_config *config; /* a reference */
	struct files_read read;
	struct diagnostics diagnostics;
};

static void bindings_job_run(struct work *work)
{
	struct reading_job *job = caa_container_of(work, struct reading_job, work);

	job->read.error = mp_bindings_read(job->dir, true, job->config, diagnostics_collect,
					   &job->diagnostics, &job->read.bindings);
}

static void wwids_job_run(struct work *work)
{
	struct reading_job *job = caa_container_of(work, struct reading_job, work);

	job->read.error = mp_wwids_read(job->dir, &job->read.wwids);
}

static void reading_job_free(struct reading_job *job)
{
	mp_bindings_free(job->read.bindings);
	mp_wwids_free(job->read.wwids);
	diagnostics_fini(&job->diagnostics);
	mp_config_free(job->config);
	free(job);
}

/* Return: NULL: out of memory, or another one is in progress */
static struct reading_job *reading_job_new(struct daemon *daemon, struct reread *reread,
					   void (*run)(struct work *work),
					   void (*done)(struct work *work))
{
	struct reading_job *job;

	reread->again = reread->underway;
	job = reread->underway ? NULL : calloc(1, sizeof(*job));
	if (!job)
		return NULL;
	reread->underway = true;
	job->daemon = daemon;
	job->dir = daemon->files->dir;
	job->read.diagnostics = &job->diagnostics;
	/* In the writer's lane, so that earlier writes are included. */
	job->work =
		(struct work){ .run = run, .done = done, .lane = LANE_FILES, .exclusive = true };
	return job;
}

/* Return: true if it is to be read again */
static bool reread_ended(struct reread *reread)
{
	bool again = reread->again;

	*reread = (struct reread){ 0 };
	return again;
}

static void bindings_job_done(struct work *work)
{
	struct reading_job *job = caa_container_of(work, struct reading_job, work);
	struct daemon *daemon = job->daemon;
	bool again = reread_ended(&daemon->files->bindings);

	if (!work->skipped) {
		daemon->files->takers->read_bindings(daemon, &job->read);
		if (again && daemon->state != DAEMON_SHUTDOWN)
			files_read_bindings(daemon);
	}
	reading_job_free(job);
}

void files_read_bindings(struct daemon *daemon)
{
	struct reading_job *job = reading_job_new(daemon, &daemon->files->bindings,
						  bindings_job_run, bindings_job_done);

	if (!job)
		return;
	job->config = mp_config_ref(daemon->inventory.config);
	pool_submit(daemon->pool, &job->work);
}

static void wwids_job_done(struct work *work)
{
	struct reading_job *job = caa_container_of(work, struct reading_job, work);
	struct daemon *daemon = job->daemon;
	bool again = reread_ended(&daemon->files->wwids);

	daemon->operations--;
	if (!work->skipped) {
		daemon->files->takers->read_wwids(daemon, &job->read);
		if (again && daemon->state != DAEMON_SHUTDOWN)
			files_read_wwids(daemon);
		inventory_wake(&daemon->inventory);
	}
	reading_job_free(job);
}

void files_read_wwids(struct daemon *daemon)
{
	struct files *files = daemon->files;
	struct reading_job *job =
		reading_job_new(daemon, &files->wwids, wwids_job_run, wwids_job_done);

	if (!job)
		return;
	job->read.number = ++files->readings;
	daemon->operations++;
	pool_submit(daemon->pool, &job->work);
}

void files_await_wwids(struct daemon_map *map)
{
	map->wwids_awaited = map->inventory->daemon->files->readings + 1;
	files_read_wwids(map->inventory->daemon);
}

void files_enter(struct daemon *daemon)
{
	daemon->files->others++;
}

void files_leave(struct daemon *daemon)
{
	daemon->files->others--;
}

bool files_is_writing(const struct daemon *daemon)
{
	return daemon->files->writing;
}

int files_new(const char *dir, const struct files_takers *takers, struct files **ret)
{
	struct files *files = calloc(1, sizeof(*files));

	if (!files)
		return -ENOMEM;
	files->dir = dir;
	files->takers = takers;
	*ret = files;
	return 0;
}

/*
 * A map that exists must be known after a reboot. No worker is left to write it, but the lane's
 * last work has returned, so this will, too.
 */
static void files_write_rest(const struct files *files)
{
	bool hangs = files->writing || files->others || files->wwids.underway ||
		     files->bindings.underway;
	int r;

	if (!files->new_wwid_count || hangs)
		return;
	r = mp_wwids_file_add_many(files->dir, (const char *const *)files->new_wwids,
				   files->new_wwid_count);
	if (r < 0)
		log_error("%s/wwids: cannot write: %s", files->dir, strerror(-r));
}

struct files *files_free(struct files *files)
{
	if (!files)
		return NULL;
	files_write_rest(files);
	for (size_t i = 0; i < files->new_wwid_count; i++)
		free(files->new_wwids[i]);
	free(files->new_wwids);
	free(files);
	return NULL;
}
