/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/due.h"

#include "multipathd/control/delays.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/schedule.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/paths.h"

static const uint64_t usec_per_sec = 1000000;

void due_on_time(struct agenda_entry *entry)
{
	struct daemon_path *path = caa_container_of(entry, struct daemon_path, due);

	if (path->path.init == MP_INIT_MISSING_UDEV || path->path.init == MP_INIT_REQUESTED_UDEV) {
		schedule_at(path,
			    daemon_now_usec(path->inventory->daemon) +
				    path->inventory->process->retrigger_delay_sec * usec_per_sec);
		admission_on_missing_udev(path);
	} else if (path->job) {
		delays_on_overdue(path);
	} else {
		schedule_check(path);
	}
}
