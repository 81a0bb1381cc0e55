/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/events/dmevents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm_events.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"

struct dmevents {
	struct daemon *daemon;
	int fd; /* of /dev/mapper/control */
	sd_event_source *source;
};

static int dmevents_on_event(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct dmevents *dmevents = userdata;
	int r;

	(void)source;
	(void)events;
	/*
	 * Rearmed before the maps are read: an event in between makes the descriptor readable
	 * again.
	 */
	r = mp_dm_events_arm(fd);
	if (r < 0) {
		log_error("cannot wait for device-mapper events: %s", strerror(-r));
		return r;
	}
	looks_want(dmevents->daemon);
	return 0;
}

static int dmevents_open(struct dmevents *dmevents)
{
	int r;

	dmevents->fd = mp_dm_events_open();
	if (dmevents->fd < 0)
		return dmevents->fd;
	r = mp_dm_events_arm(dmevents->fd);
	if (r >= 0)
		r = sd_event_add_io(dmevents->daemon->event, &dmevents->source, dmevents->fd,
				    EPOLLIN, dmevents_on_event, dmevents);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(dmevents->source, true);
}

int dmevents_new(struct daemon *daemon, struct dmevents **ret)
{
	struct dmevents *dmevents = calloc(1, sizeof(*dmevents));
	int r;

	if (!dmevents)
		return -ENOMEM;
	dmevents->daemon = daemon;
	r = dmevents_open(dmevents);
	if (r < 0) {
		dmevents_free(dmevents);
		return r;
	}
	*ret = dmevents;
	return 0;
}

struct dmevents *dmevents_free(struct dmevents *dmevents)
{
	if (!dmevents)
		return NULL;
	sd_event_source_disable_unref(dmevents->source);
	if (dmevents->fd >= 0)
		close(dmevents->fd);
	free(dmevents);
	return NULL;
}
