/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/readiness.h"

#include "base/log.h"
#include "multipathd/control/reassign.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

static const uint64_t usec_per_sec = 1000000;

void readiness_note(struct daemon_map *map, bool ready)
{
	map->udev_timer = sd_event_source_disable_unref(map->udev_timer);
	if (map->inventory->process->reassign_maps)
		reassign_start(map, 0);
	if (map->map.ready && ready == !map->not_ready_in_udev)
		return;
	map->map.ready = true;
	if (!ready && !map->not_ready_in_udev && mp_map_active_paths(&map->map))
		log_info("%s: udev reports the map as not ready", map->map.name);
	map->not_ready_in_udev = false;
	maps_touch(map, "udev has processed it");
}

static int readiness_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon_map *map = userdata;

	(void)source;
	(void)usec;
	log_error("%s: no udev event for the map in %u s, allowing reloads", map->map.name,
		  map->inventory->process->missing_uev_wait_timeout_sec);
	readiness_note(map, true);
	return 0;
}

void readiness_await(struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;

	timers_set(daemon->event, &map->udev_timer,
		   daemon_now_usec(daemon) +
			   daemon->inventory.process->missing_uev_wait_timeout_sec * usec_per_sec,
		   readiness_on_timer, map);
}
