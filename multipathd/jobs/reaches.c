/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/reaches.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "gmultipath/engine.h"
#include "kernel/label.h"
#include "model/table.h"
#include "multipathd/loop/pool.h"

/* Time for a disk to answer. */
enum { REACH_USEC = 2000000 };

struct reach {
	struct work work;
	struct reaches *reaches; /* NULL: they go on without */
	dev_t devt;
};

void reaches_init(struct reaches *reaches, struct pool *pool, struct work *then)
{
	*reaches = (struct reaches){ .pool = pool, .then = then };
}

void reaches_fini(struct reaches *reaches)
{
	free(reaches->silent);
}

static void reach_run(struct work *work)
{
	struct reach *reach = caa_container_of(work, struct reach, work);
	_cleanup_close_ int fd = engine_provider_open(reach->devt, NULL, O_RDONLY | O_DIRECT);
	struct mp_label_disk disk;
	struct mp_label label;

	if (fd >= 0)
		mp_label_read(fd, &disk, &label);
}

static void reach_end(struct reach *reach)
{
	struct reaches *reaches = reach->reaches;

	reach->reaches = NULL;
	if (reaches && --reaches->pending == 0)
		pool_submit(reaches->pool, reaches->then);
}

static void reach_on_expired(struct work *work)
{
	struct reach *reach = caa_container_of(work, struct reach, work);
	struct reaches *reaches = reach->reaches;

	if (reaches)
		reaches->silent[reaches->silent_count++] = reach->devt;
	reach_end(reach);
}

static void reach_on_done(struct work *work)
{
	struct reach *reach = caa_container_of(work, struct reach, work);

	reach_end(reach);
	free(reach);
}

void reaches_add_on(struct reaches *reaches, dev_t devt, uint64_t lane)
{
	dev_t *silent = reallocarray(reaches->silent, reaches->pending + 1, sizeof(*silent));
	struct reach *reach = calloc(1, sizeof(*reach));

	if (silent)
		reaches->silent = silent;
	if (!silent || !reach) {
		free(reach);
		return;
	}
	reach->work = (struct work){ .run = reach_run,
				     .done = reach_on_done,
				     .expired = reach_on_expired,
				     .lane = lane,
				     .timeout_usec = REACH_USEC };
	reach->reaches = reaches;
	reach->devt = devt;
	reaches->pending++;
	pool_submit(reaches->pool, &reach->work);
}

void reaches_add(struct reaches *reaches, dev_t devt)
{
	reaches_add_on(reaches, devt,
		       work_lane_number(WORK_QUESTIONS, mp_hash_number(UINT64_C(1) << 63 | devt)));
}

void reaches_add_failed(struct reaches *reaches, const struct mp_table *table)
{
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			if (table->groups[g].paths[p].state == MP_DM_FAILED)
				reaches_add(reaches, table->groups[g].paths[p].devt);
}

void reaches_start(struct reaches *reaches)
{
	if (reaches->pending == 0)
		pool_submit(reaches->pool, reaches->then);
}
