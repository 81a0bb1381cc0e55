/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/ghosts.h"

#include "base/log.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"

static const uint64_t usec_per_sec = 1000000;

static void ghosts_end_delay(struct daemon_map *map, const char *reason)
{
	if (!map->ghost_timer)
		return;
	map->ghost_timer = sd_event_source_disable_unref(map->ghost_timer);
	map->force_reload = true;
	log_notice("%s: ghost_delay ends: %s", map->map.name, reason);
	maps_touch(map, "ghost_delay ended");
}

static int ghosts_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	ghosts_end_delay(userdata, "no path came up in time");
	return 0;
}

static bool ghosts_map_has_path_in(const struct daemon_map *map, enum mp_path_state state)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (path->state == state && !path->wrong_wwid)
			return true;
	return false;
}

bool ghosts_delay(const struct daemon_map *map)
{
	bool begins = !map->map.kernel.exists && map->map.settings.ghost_delay_sec &&
		      map->inventory->duties->delays_ghosts;

	return (map->ghost_timer || begins) && !ghosts_map_has_path_in(map, MP_PATH_UP) &&
	       ghosts_map_has_path_in(map, MP_PATH_GHOST);
}

void ghosts_begin(struct daemon_map *map)
{
	unsigned delay_sec = map->map.settings.ghost_delay_sec;

	if (map->ghost_timer)
		return;
	log_notice("%s: only ghost paths, waiting up to %u s for an active one (ghost_delay)",
		   map->map.name, delay_sec);
	timers_set(map->inventory->daemon->event, &map->ghost_timer,
		   daemon_now_usec(map->inventory->daemon) + delay_sec * usec_per_sec,
		   ghosts_on_timer, map);
}

void ghosts_note_states(struct daemon_map *map)
{
	if (ghosts_map_has_path_in(map, MP_PATH_UP))
		ghosts_end_delay(map, "a path is up");
}
