/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/daemon.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/maps.h"

uint64_t daemon_now_usec(const struct daemon *daemon)
{
	uint64_t now;

	return sd_event_now(daemon->event, CLOCK_MONOTONIC, &now) < 0 ? 0 : now;
}

void daemon_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text)
{
	(void)userdata;
	(void)severity;
	log_line(level, "%s", text);
}

const char *daemon_state_name(enum daemon_state state)
{
	static const char *const names[] = {
		[DAEMON_INIT] = "init",		  [DAEMON_STARTUP] = "startup",
		[DAEMON_CONFIGURE] = "configure", [DAEMON_IDLE] = "idle",
		[DAEMON_RUNNING] = "running",	  [DAEMON_SHUTDOWN] = "shutdown",
	};

	return names[state];
}

void daemon_reply(struct daemon *daemon, uint64_t request, const char *reply)
{
	if (request && daemon->server)
		server_reply(daemon->server, request, reply, strlen(reply));
}

bool daemon_is_busy(struct daemon *daemon)
{
	return daemon->gathering || daemon->inventory.unanswered || daemon->operations ||
	       daemon->looks_pending || !cds_list_empty(&daemon->inventory.dirty) ||
	       !cds_list_empty(&daemon->inventory.reconciling);
}

void daemon_answer(struct daemon_map *map, const char *reply)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &map->waiters, in_waiters) {
		cds_list_del(&waiter->in_waiters);
		daemon_reply(map->inventory->daemon, waiter->request, reply);
		free(waiter);
	}
}
