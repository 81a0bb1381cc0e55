/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/completion.h"

#include "multipathd/state/daemon.h"

void completion_check(struct daemon *daemon)
{
	if (daemon->state == DAEMON_CONFIGURE && !daemon_is_busy(daemon))
		daemon->on_configured(daemon);
}
