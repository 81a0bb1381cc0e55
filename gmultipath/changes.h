/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * changes.h - what gmultipath changes in the kernel: maps are made, loaded, removed, and told which
 * paths to use.  For: gmultipath's verbs, and the daemon's jobs.
 *
 * Everything here may block. What goes wrong is said in the engine's err.
 */
#pragma once
#include "gmultipath/engine.h"

/* Return: 0, negative errno; said in err. */
int changes_create(struct engine *engine, struct mp_geom *geom);
/**
 * changes_reload() - another table under running I/O: other paths, another mode
 * @wanted:	failed paths that do not prove that they lead to the map's LUN are left out if it
 * 		has a label, else nothing is changed
 */
int changes_reload(struct engine *engine, const struct mp_geom *old, const struct mp_geom *wanted);
/**
 * changes_remake() - as changes_reload(), of a map that is to have bio-based paths from now on
 *
 * The kernel fixes that with the first table, so the map is removed and created again.
 * Return: -EBUSY (said) if it is in use: nothing was changed, and the next map of that label is
 * made for them.
 */
int changes_remake(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom);
int changes_remove(struct engine *engine, const struct mp_geom *geom);
/** changes_stop() - remove it; its label makes no map before `load` or a reboot */
int changes_stop(struct engine *engine, const struct mp_geom *geom);
/**
 * changes_remove_any() - for who removes maps of every kind: one of gmultipath's is stopped.
 * Return: as mp_dm_remove().
 */
int changes_remove_any(const char *wwid, const struct mp_dm_removal *removal);
/**
 * changes_apply_states() - tell the kernel which paths are failed, restored, active; and remember
 * which by hand
 */
int changes_apply_states(struct engine *engine, const struct mp_geom *old,
			 const struct mp_geom *geom);

/**
 * changes_sweep() - put in order what a killed program, or a killed daemon, has left. Return: as
 * engine_look()
 */
int changes_sweep(struct engine *engine);
