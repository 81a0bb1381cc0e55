/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/listings.h"

#include <errno.h>
#include <stdlib.h>

#include "kernel/probe.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

struct listing {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	const struct mp_roots *roots;
	listings_ended_fn ended;
	int error;
	dev_t *devts;
	size_t count;
};

static void listing_run(struct work *work)
{
	struct listing *listing = caa_container_of(work, struct listing, work);

	listing->error = mp_probe_list(listing->roots, &listing->devts, &listing->count);
}

static void listing_done(struct work *work)
{
	struct listing *listing = caa_container_of(work, struct listing, work);

	if (!work->skipped)
		listing->ended(listing->daemon, listing->error, listing->devts, listing->count);
	free(listing);
}

int listings_start(struct daemon *daemon, const struct mp_roots *roots, listings_ended_fn ended)
{
	struct listing *listing = calloc(1, sizeof(*listing));

	if (!listing)
		return -ENOMEM;
	*listing = (struct listing){
		.work = { .run = listing_run, .done = listing_done, .lane = LANE_LISTINGS },
		.daemon = daemon,
		.roots = roots,
		.ended = ended,
	};
	pool_submit(daemon->pool, &listing->work);
	return 0;
}
