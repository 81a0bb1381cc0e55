/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/snapshots.h"

#include <errno.h>
#include <stdlib.h>

#include "config/geom_notes.h"
#include "config/prkeys.h"
#include "multipathd/jobs/files.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"

int snapshot_new(struct daemon *daemon, struct snapshot **ret)
{
	struct snapshot *snapshot = calloc(1, sizeof(*snapshot));

	if (!snapshot)
		return -ENOMEM;
	snapshot->daemon = daemon;
	snapshot->source = files_config_source(daemon);
	snapshot->source.diagnostic = diagnostics_collect;
	snapshot->source.userdata = &snapshot->config_diagnostics;
	snapshot->dir = files_dir(daemon);
	snapshot->read_only_bindings = daemon->inventory.options.read_only_bindings;
	*ret = snapshot;
	return 0;
}

struct snapshot *snapshot_free(struct snapshot *snapshot)
{
	if (!snapshot)
		return NULL;
	mp_config_free(snapshot->config);
	diagnostics_fini(&snapshot->config_diagnostics);
	mp_bindings_free(snapshot->bindings);
	diagnostics_fini(&snapshot->bindings_diagnostics);
	mp_wwids_free(snapshot->wwids);
	mp_strbuf_fini(&snapshot->prkeys);
	mp_strbuf_fini(&snapshot->geom_notes);
	free(snapshot);
	return NULL;
}

void snapshot_freep(struct snapshot **snapshot)
{
	snapshot_free(*snapshot);
}

void snapshot_read_config(struct snapshot *snapshot)
{
	snapshot->config_error = mp_config_load(&snapshot->source, &snapshot->config);
}

void snapshot_read_state(struct snapshot *snapshot)
{
	snapshot->geom_notes_error =
		mp_geom_notes_load(snapshot->dir, MP_GEOM_NOTES_FILE, &snapshot->geom_notes);
	snapshot->wwids_error = mp_wwids_read(snapshot->dir, &snapshot->wwids);
	snapshot->bindings_error = mp_bindings_read(snapshot->dir, snapshot->read_only_bindings,
						    snapshot->config, diagnostics_collect,
						    &snapshot->bindings_diagnostics,
						    &snapshot->bindings);
	snapshot->prkeys_error = mp_prkeys_load(snapshot->dir, &snapshot->prkeys);
}

static void snapshot_run_config(struct work *work)
{
	snapshot_read_config(caa_container_of(work, struct snapshot, work));
}

static void snapshot_run_state(struct work *work)
{
	snapshot_read_state(caa_container_of(work, struct snapshot, work));
}

static void snapshot_on_config(struct work *work)
{
	struct snapshot *snapshot = caa_container_of(work, struct snapshot, work);

	snapshot->ended(snapshot);
}

static void snapshot_on_state(struct work *work)
{
	struct snapshot *snapshot = caa_container_of(work, struct snapshot, work);

	files_leave(snapshot->daemon);
	snapshot->ended(snapshot);
}

void snapshot_start_config(struct snapshot *snapshot, void (*ended)(struct snapshot *snapshot))
{
	snapshot->ended = ended;
	snapshot->work = (struct work){ .run = snapshot_run_config,
					.done = snapshot_on_config,
					.lane = LANE_CONFIG,
					.exclusive = true };
	pool_submit(snapshot->daemon->pool, &snapshot->work);
}

void snapshot_start_state(struct snapshot *snapshot, void (*ended)(struct snapshot *snapshot))
{
	snapshot->ended = ended;
	snapshot->geom_notes_version = snapshot->daemon->inventory.geom_notes_version;
	snapshot->work = (struct work){ .run = snapshot_run_state,
					.done = snapshot_on_state,
					.lane = LANE_FILES,
					.exclusive = true };
	files_enter(snapshot->daemon);
	pool_submit(snapshot->daemon->pool, &snapshot->work);
}
