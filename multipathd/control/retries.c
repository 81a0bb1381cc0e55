/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/retries.h"

#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"

enum { LOAD_TRIES = 3, RETRY_MAX_SEC = 64 };

static const uint64_t usec_per_sec = 1000000;

static int retries_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct daemon_map *map = userdata;

	(void)source;
	(void)usec;
	map->removal_tried = false;
	maps_touch(map, "what failed is tried again");
	return 0;
}

/* No event will show when it can succeed: retried at increasing intervals. */
void retries_later(struct daemon_map *map)
{
	if (!map->retry_sec || map->retry_sec < RETRY_MAX_SEC)
		map->retry_sec = map->retry_sec ? 2 * map->retry_sec : 1;
	timers_set(map->inventory->daemon->event, &map->retry_timer,
		   daemon_now_usec(map->inventory->daemon) + map->retry_sec * usec_per_sec,
		   retries_on_timer, map);
}

void retries_soon(struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;

	if (++map->load_failures < LOAD_TRIES)
		timers_set(daemon->event, &map->retry_timer, daemon_now_usec(daemon) + usec_per_sec,
			   retries_on_timer, map);
}
