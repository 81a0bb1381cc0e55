/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/daemon.h"

#include "base/log.h"

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
