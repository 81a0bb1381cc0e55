/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/timers.h"

#include <stdbool.h>

#include "base/clock.h"

static const uint64_t accuracy_usec = 100000;

uint64_t timers_now_usec(void)
{
	return mp_clock_usec();
}

int timers_set(sd_event *event, sd_event_source **source, uint64_t usec,
	       sd_event_time_handler_t handler, void *userdata)
{
	int r;

	if (!*source) {
		r = sd_event_add_time(event, source, CLOCK_MONOTONIC, usec, accuracy_usec, handler,
				      userdata);
		return r < 0 ? r : sd_event_source_set_exit_on_failure(*source, true);
	}
	return timers_arm(*source, usec);
}

int timers_add(sd_event *event, sd_event_source **ret, uint64_t accuracy,
	       sd_event_time_handler_t handler, void *userdata)
{
	int r = sd_event_add_time(event, ret, CLOCK_MONOTONIC, 0, accuracy, handler, userdata);

	if (r >= 0)
		r = sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(*ret, true);
}

int timers_arm(sd_event_source *source, uint64_t usec)
{
	int r;

	if (usec == 0)
		return sd_event_source_set_enabled(source, SD_EVENT_OFF);
	r = sd_event_source_set_time(source, usec);
	return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

int timers_add_defer(sd_event *event, sd_event_source **ret, int64_t priority,
		     sd_event_handler_t handler, void *userdata)
{
	int r = sd_event_add_defer(event, ret, handler, userdata);

	if (r >= 0)
		r = sd_event_source_set_enabled(*ret, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_source_set_priority(*ret, priority);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(*ret, true);
}
