/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/announcement.h"

#include "base/log.h"
#include "model/map.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/notify.h"

/* udev may be slow or not running: units that wait for this daemon do not wait longer than this. */
enum { NODES_USEC = 10000000 };

static bool announcement_has_all_nodes(const struct announcement *announcement)
{
	const struct mp_map *map;

	cds_list_for_each_entry(map, &announcement->daemon->inventory.maps, in_all)
		if (map->kernel.exists && !map->ready)
			return false;
	return true;
}

static void announcement_send(struct announcement *announcement)
{
	announcement->timer = sd_event_source_disable_unref(announcement->timer);
	announcement->on_ready(announcement->daemon);
	notify_state(announcement->daemon, "READY=1");
}

static int announcement_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	log_warning(
		"udev has not processed all new maps yet, reporting ready without their device nodes");
	announcement_send(userdata);
	return 0;
}

void announcement_begin(struct announcement *announcement)
{
	struct daemon *daemon = announcement->daemon;

	if (announcement_has_all_nodes(announcement) ||
	    timers_set(daemon->event, &announcement->timer, daemon_now_usec(daemon) + NODES_USEC,
		       announcement_on_timer, announcement) < 0)
		announcement_send(announcement);
}

void announcement_review(struct announcement *announcement)
{
	if (announcement->timer && announcement_has_all_nodes(announcement))
		announcement_send(announcement);
}

bool announcement_cancel(struct announcement *announcement)
{
	bool waiting = announcement->timer;

	announcement->timer = sd_event_source_disable_unref(announcement->timer);
	return waiting;
}
