/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/events/dmevents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"

static int dmevents_on_event(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct daemon *daemon = userdata;
	int r;

	(void)source;
	(void)events;
	/* Armed before the look: an event in between makes the descriptor readable again. */
	r = mp_dm_events_arm(fd);
	if (r < 0) {
		log_error("cannot wait for device-mapper events: %s", strerror(-r));
		return r;
	}
	looks_want(daemon);
	return 0;
}

int dmevents_open(struct daemon *daemon)
{
	int r;

	daemon->dm_fd = mp_dm_events_open();
	if (daemon->dm_fd < 0)
		return daemon->dm_fd;
	r = mp_dm_events_arm(daemon->dm_fd);
	if (r >= 0)
		r = sd_event_add_io(daemon->event, &daemon->dm_source, daemon->dm_fd, EPOLLIN,
				    dmevents_on_event, daemon);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(daemon->dm_source, true);
}

void dmevents_close(struct daemon *daemon)
{
	daemon->dm_source = sd_event_source_disable_unref(daemon->dm_source);
	if (daemon->dm_fd >= 0)
		close(daemon->dm_fd);
	daemon->dm_fd = -1;
	mp_dm_list_free(daemon->inventory.listed, daemon->inventory.listed_count);
	daemon->inventory.listed = NULL;
	daemon->inventory.listed_count = 0;
}
