/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reconcile.h - observed world + settings -> plan.  Pure: no I/O, no clock.  For: programs, tests. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "model/map.h"
#include "model/path.h"
#include "model/plan.h"
#include "model/settings.h"

/* All that decides what becomes of one map. Everything is borrowed. */
struct mp_observation {
	const char *wwid;
	const char *name; /* wanted */
	bool name_taken; /* another dm device has that name */
	bool allowed; /* configuration wants this map (blacklists, find_multipaths) */
	const struct mp_path *const *paths; /* in the order of their device numbers */
	size_t path_count;
	const struct mp_map_settings *settings;
	const struct mp_kernel_map *kernel; /* NULL: does not exist */
	const struct mp_queueing *queueing; /* NULL: as configured */
	bool detect_grouping; /* detect_pgpolicy: group by priority if all prioritizers tell groups apart */
	bool detect_grouping_by_tpg; /* detect_pgpolicy_use_tpg */
	bool force_reload; /* reconfigure all, multipath -r */
	bool not_ready_in_udev; /* MPATH_DEVICE_READY is not 1 although paths are active */
	bool awaits_udev; /* its creation event has not come: no reload yet */
	bool allow_resize; /* auto_resize, or the operator asked for it */
	bool ghost_delay_runs;
};

/**
 * mp_reconcile() - compute the wanted table and what leads to it
 * @plan:	empty; written on success only
 *
 * Paths that are wrong_wwid, of init state removed, or of another size than the map never get into the wanted table. The rows
 * of the comparison are those of docs/architecture.md, "When a map is reloaded". Messages (fail, reinstate, switch, queue) are
 * planned only against a map that exists.
 * Return: 0, -ENOMEM.
 */
int mp_reconcile(const struct mp_observation *observation, struct mp_plan *plan);
