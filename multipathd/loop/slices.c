/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/slices.h"

#include <errno.h>
#include <stdlib.h>

#include "multipathd/loop/priorities.h"
#include "multipathd/loop/timers.h"

struct slices {
	slices_step_fn step;
	void *userdata;
	sd_event_source *source; /* deferred: the next slice, when there is nothing else to do */
	sd_event_source *timer; /* the next slice, regardless of other work */
	bool going_on;
};

struct slice slice_begin(void)
{
	return (struct slice){ .steps = SLICE_STEPS, .end_usec = timers_now_usec() + SLICE_USEC };
}

bool slice_is_over(struct slice *slice)
{
	return --slice->steps == 0 || timers_now_usec() >= slice->end_usec;
}

/* Return: false if no later turn can be scheduled. */
static bool slices_arm(struct slices *slices)
{
	return sd_event_source_set_enabled(slices->source, SD_EVENT_ONESHOT) >= 0 &&
	       sd_event_source_set_time_relative(slices->timer, SLICE_PAUSE_USEC) >= 0 &&
	       sd_event_source_set_enabled(slices->timer, SD_EVENT_ONESHOT) >= 0;
}

static void slices_take(struct slices *slices)
{
	struct slice slice = slice_begin();

	sd_event_source_set_enabled(slices->source, SD_EVENT_OFF);
	sd_event_source_set_enabled(slices->timer, SD_EVENT_OFF);
	while (slices->step(slices->userdata))
		if (slice_is_over(&slice) && slices_arm(slices))
			return;
	slices->going_on = false;
}

static int slices_on_idle(sd_event_source *source, void *userdata)
{
	(void)source;
	slices_take(userdata);
	return 0;
}

static int slices_on_overdue(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	slices_take(userdata);
	return 0;
}

int slices_new(sd_event *event, slices_step_fn step, void *userdata, struct slices **ret)
{
	struct slices *slices = calloc(1, sizeof(*slices));
	int r;

	if (!slices)
		return -ENOMEM;
	slices->step = step;
	slices->userdata = userdata;
	r = timers_add_defer(event, &slices->source, PRIORITY_LAST, slices_on_idle, slices);
	if (r >= 0)
		r = timers_add(event, &slices->timer, SLICE_USEC, slices_on_overdue, slices);
	if (r >= 0)
		r = sd_event_source_set_priority(slices->timer, PRIORITY_OVERDUE);
	if (r < 0) {
		slices_free(slices);
		return r;
	}
	*ret = slices;
	return 0;
}

struct slices *slices_free(struct slices *slices)
{
	if (!slices)
		return NULL;
	sd_event_source_disable_unref(slices->source);
	sd_event_source_disable_unref(slices->timer);
	free(slices);
	return NULL;
}

void slices_run(struct slices *slices)
{
	if (slices->going_on)
		return;
	slices->going_on = true;
	slices_take(slices);
}

bool slices_go_on(const struct slices *slices)
{
	return slices->going_on;
}
