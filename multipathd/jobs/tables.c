/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/tables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm.h"
#include "kernel/dm_lock.h"
#include "model/order.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

enum { PAUSE_MSEC = 60000 }; /* for changes of its reservations */

void table_job_free(struct table_job *job)
{
	mp_table_fini(&job->table);
	mp_dm_map_fini(&job->kernel);
	free(job->locks);
	free(job->bad);
	free(job->delimiter);
	free(job->name);
	free(job);
}

static void table_job_unlock(struct table_job *job, size_t count)
{
	for (size_t i = 0; i < count; i++)
		flock(job->locks[i], LOCK_UN);
}

static int table_job_lock(struct table_job *job)
{
	for (size_t i = 0; i < job->lock_count; i++) {
		if (flock(job->locks[i], LOCK_SH | (job->patient ? 0 : LOCK_NB)) == 0)
			continue;
		table_job_unlock(job, i);
		return -EWOULDBLOCK;
	}
	return 0;
}

static int table_job_create(struct table_job *job)
{
	int r = table_job_lock(job);

	if (r < 0)
		return r;
	r = mp_dm_create(job->name, job->wwid, &job->table, &job->flags);
	table_job_unlock(job, job->lock_count);
	if (r < 0)
		mp_wwids_mark_failed(RUNTIME_DIR, job->wwid);
	else
		mp_wwids_clear_failed(RUNTIME_DIR, job->wwid);
	return r;
}

/* Whoever hangs with the lock does not keep the map from its paths for ever. */
static int table_job_reload(struct table_job *job)
{
	_cleanup_(mp_dm_unlock) int lock =
		job->reserved ? mp_dm_lock(job->devt, MP_DM_LOCK_TABLE, PAUSE_MSEC) : -1;

	job->lock_error = job->reserved && lock < 0 ? lock : 0;
	if (!job->whole)
		job->flags.called_off = &job->called_off;
	return mp_dm_reload(job->wwid, &job->table, &job->flags, job->resize);
}

static void table_job_run(struct work *work)
{
	struct table_job *job = caa_container_of(work, struct table_job, work);
	int r = 0;

	if (job->rename)
		r = mp_dm_rename(job->wwid, job->name, job->delimiter, &job->flags);
	if (r >= 0 && job->create)
		r = table_job_create(job);
	if (r >= 0 && job->load) {
		r = table_job_reload(job);
		mp_wwids_clear_suspended(RUNTIME_DIR, job->wwid);
	}
	job->error = r;
	if (r == -EWOULDBLOCK)
		return;
	if (r >= 0 && job->no_queue)
		mp_dm_message(job->wwid, mp_order_queue(false).text);
	for (size_t i = 0; i < job->bad_count; i++)
		mp_dm_message(job->wwid, mp_order_fail_path(job->bad[i]).text);

	/* Whatever the result, read the current state. */
	r = mp_dm_read(job->wwid, &job->kernel);
	if (r >= 0 && job->kernel.half_made)
		mp_dm_map_fini(&job->kernel);
	if (job->error >= 0 && r < 0)
		job->error = r;
}

static void table_job_done(struct work *work)
{
	struct table_job *job = caa_container_of(work, struct table_job, work);

	if (job->lock_error < 0)
		log_warning("%s: loaded although a program may have it suspended: %s", job->name,
			    strerror(-job->lock_error));
	job->ended(job);
}

void tables_start(struct table_job *job)
{
	job->work = (struct work){
		.run = table_job_run,
		.done = table_job_done,
		.lane = job->daemon->inventory.options.one_lane ? LANE_TABLES :
								  lane_of_table(job->wwid),
		.exclusive = true,
	};
	pool_submit(job->daemon->pool, &job->work);
}

void tables_call_off(struct table_job *job)
{
	__atomic_store_n(&job->called_off, true, __ATOMIC_RELEASE);
}
