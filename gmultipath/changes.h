/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * changes.h - gmultipath's changes to kernel maps: create, reload, remove, set path states.  For:
 * gmultipath's verbs, the daemon's jobs.
 *
 * All functions may block. Error messages go to the engine's err.
 */
#pragma once
#include "gmultipath/engine.h"

struct mp_dm_removal;

/** changes_create() - create the map. Return: 0, negative errno (message in err). */
int changes_create(struct engine *engine, struct mp_geom *geom);

/**
 * changes_reload() - load a table with other paths or another mode, with I/O running
 * @wanted:	failed paths that fail the identity check are left out of a labeled map; a manual
 *		map is not changed then
 */
int changes_reload(struct engine *engine, const struct mp_geom *old, const struct mp_geom *wanted);

/**
 * changes_remake() - like changes_reload(), for a map that gets its first bio-based path
 *
 * The kernel fixes the queue mode with the first table, so the map is removed and created again.
 * Return: 0, -EBUSY if it is in use (nothing is changed; the map is created bio-based next time),
 * negative errno (message in err).
 */
int changes_remake(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom);

/** changes_remove() - remove a map. Return: 0, negative errno (message in err). */
int changes_remove(struct engine *engine, const struct mp_geom *geom);

/** changes_stop() - remove a map; its label creates no map until `load` or a reboot */
int changes_stop(struct engine *engine, const struct mp_geom *geom);

/**
 * changes_remove_any() - remove a map of any kind: one managed by gmultipath is stopped.
 * Return: as mp_dm_remove().
 */
int changes_remove_any(const char *wwid, const struct mp_dm_removal *removal);

/**
 * changes_apply_states() - fail, restore and activate paths in the kernel, and record those failed
 * by hand
 */
int changes_apply_states(struct engine *engine, const struct mp_geom *old,
			 const struct mp_geom *geom);

/**
 * changes_sweep() - repair what a killed program or daemon left behind. Return: as engine_look()
 */
int changes_sweep(struct engine *engine);
