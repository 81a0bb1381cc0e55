/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/disks.h"

#include "kernel/reading.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/lanes.h"

static void disks_run(struct work *work)
{
	struct disks *disks = caa_container_of(work, struct disks, work);

	for (size_t i = 0; i < disks->count; i++)
		mp_reading_take(disks->roots, disks->readings[i]);
}

static void disks_done(struct work *work)
{
	struct disks *disks = caa_container_of(work, struct disks, work);

	disks->ended(disks, work->skipped);
}

void disks_read(struct pool *pool, struct disks *disks)
{
	disks->work = (struct work){ .run = disks_run, .done = disks_done, .lane = LANE_READINGS };
	pool_submit(pool, &disks->work);
}
