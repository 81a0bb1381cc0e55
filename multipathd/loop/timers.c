/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/timers.h"

#include <stdbool.h>
#include <time.h>

static const uint64_t accuracy_usec = 100000;

int timers_set(sd_event *event, sd_event_source **source, uint64_t usec,
	       sd_event_time_handler_t handler, void *userdata)
{
	int r;

	if (!*source) {
		r = sd_event_add_time(event, source, CLOCK_MONOTONIC, usec, accuracy_usec, handler,
				      userdata);
		return r < 0 ? r : sd_event_source_set_exit_on_failure(*source, true);
	}
	r = sd_event_source_set_time(*source, usec);
	return r < 0 ? r : sd_event_source_set_enabled(*source, SD_EVENT_ONESHOT);
}
