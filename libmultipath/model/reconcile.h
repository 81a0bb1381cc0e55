/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reconcile.h - observed world + settings -> plan.  Pure: no I/O, no clock.  For: programs, tests.
 */
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
	const char *name; /* wanted: alias, or the WWID */
	bool name_taken; /* another dm device has that name */
	bool allowed; /* configuration wants this map (blacklists, find_multipaths) */
	const struct mp_path *const *paths; /* in the order of their device numbers */
	size_t path_count;
	/* of each of @paths: another map's table has it, and must drop it first; NULL: of none */
	const bool *elsewhere;
	const struct mp_map_settings *settings;
	const struct mp_kernel_map *kernel; /* NULL: does not exist */
	const struct mp_queueing *queueing; /* NULL: as configured */
	/* detect_pgpolicy: group by priority if all prioritizers tell groups apart */
	bool detect_grouping;
	bool detect_grouping_by_tpg; /* detect_pgpolicy_use_tpg */
	bool force_reload; /* reconfigure all, multipath -r */
	bool not_ready_in_udev; /* MPATH_DEVICE_READY is not 1 although paths are active */
	bool awaits_udev; /* its creation event has not come: no reload yet */
	/* what the operator asked for; settings->auto_resize counts besides */
	enum mp_auto_resize resize;
	bool ghost_delay_runs;
	bool in_use; /* the kernel has just refused to remove it */
	bool awaits_paths; /* without @paths, but they are about to come: nothing is done */
	/*
	 * without @paths, but the LUN is there by paths of the kernel's table: only the
	 * configuration rejects them
	 */
	bool disowned;
};

/**
 * mp_reconcile() - compute the wanted table and what leads to it
 * @plan:	empty; written on success only
 *
 * Paths that are wrong_wwid or of init state removed never get into the wanted table; nor do paths
 * of another size than the map (members that have grown stay), and offline ones that would have to
 * be opened anew. Paths that are down are members. A load's reason is the first row that differs of
 * docs/architecture.md, "When a map is reloaded". Queueing alone never needs a load, a message
 * does. A load step is followed by fail_path of the members that are not up; without a load,
 * messages bring the kernel in step.
 *
 * While udev still works on a new map that is usable (awaits_udev), there is no load, rename or
 * switch step. MP_STEP_REMOVE of a map that lost its last path may find it busy: plan->table,
 * without groups, then lets go of its devices. That of one that the configuration does not want is
 * the kernel's: who uses it goes on until he is done.
 * Return: 0, -ENOMEM.
 */
int mp_reconcile(const struct mp_observation *observation, struct mp_plan *plan);
