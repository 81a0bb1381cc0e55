/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/geom_sweeps.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/strbuf.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/sectors.h"
#include "config/geom_notes.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"

struct geom_sweep {
	struct work work;
	struct mp_strbuf err;
};

static void geom_sweep_run(struct work *work)
{
	struct geom_sweep *sweep = caa_container_of(work, struct geom_sweep, work);
	struct engine engine;

	if (engine_open(&engine, true) >= 0 && changes_sweep(&engine) >= 0)
		sectors_complete_labels(&engine);
	mp_strbuf_puts(&sweep->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void geom_sweep_on_done(struct work *work)
{
	struct geom_sweep *sweep = caa_container_of(work, struct geom_sweep, work);

	log_warnings("gmultipath: ", mp_strbuf_text(&sweep->err));
	mp_strbuf_fini(&sweep->err);
	free(sweep);
}

void geom_sweeps_start(struct daemon *daemon)
{
	struct geom_sweep *sweep;

	if (access(RUNTIME_DIR "/" MP_GEOM_RUN_DIR, F_OK) < 0)
		return;
	sweep = calloc(1, sizeof(*sweep));
	if (!sweep)
		return;
	sweep->work = (struct work){ .run = geom_sweep_run,
				     .done = geom_sweep_on_done,
				     .lane = LANE_GEOMS,
				     .exclusive = true };
	pool_submit(daemon->pool, &sweep->work);
}
