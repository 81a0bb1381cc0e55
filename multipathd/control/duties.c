/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/duties.h"

#include "multipathd/control/failback.h"
#include "multipathd/control/ghosts.h"
#include "multipathd/control/health.h"
#include "multipathd/control/queueing.h"
#include "multipathd/control/reservations.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"

static void duties_on_settings(struct daemon_map *map)
{
	reservations_resolve(map);
	health_tell_settings(map);
}

static void duties_on_states(struct daemon_map *map, const struct path_news *news)
{
	ghosts_note_states(map);
	if (news->failed && !mp_map_active_paths(&map->map))
		health_paths_lost(map);
	queueing_step(map);
}

const struct duties duties_of_daemon = {
	.on_settings = duties_on_settings,
	.on_good = health_on_good,
	.on_failed = health_on_failed,
	.on_states = duties_on_states,
	.on_groups = failback_decide,
	.delays_ghosts = true,
	.follows_wwids = true,
	.owns_nodes = true,
	.retriggers = true,
	.mends_geoms = true,
};
