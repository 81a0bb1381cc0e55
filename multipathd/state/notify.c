/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/notify.h"

#include <systemd/sd-daemon.h>

#include "multipathd/state/daemon.h"

static const char *notify_word(enum daemon_state state)
{
	switch (state) {
	case DAEMON_IDLE:
	case DAEMON_RUNNING:
		return "up";
	default:
		return daemon_state_name(state);
	}
}

void notify_state(const struct daemon *daemon, const char *more)
{
	sd_notifyf(0, "STATUS=%s", notify_word(daemon->state));
	if (more)
		sd_notify(0, more);
}

void notify_exit(int status)
{
	sd_notifyf(0, "ERRNO=%d", status);
}
