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

static void disks_expired(struct work *work)
{
	struct disks *disks = caa_container_of(work, struct disks, work);

	disks->hang(disks);
}

void disks_read(struct pool *pool, struct disks *disks)
{
	disks->work = (struct work){ .run = disks_run,
				     .done = disks_done,
				     .expired = disks->hang ? disks_expired : NULL,
				     .lane = LANE_READINGS,
				     .timeout_usec = DISKS_TIMEOUT_SEC * UINT64_C(1000000) };
	pool_submit(pool, &disks->work);
}
