/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/failback.h"

#include "model/settings.h"

static const char awaits_udev[] = "udev has not finished with the map";

static struct mp_failback_decision decide(enum mp_failback_verdict verdict, const char *reason)
{
	return (struct mp_failback_decision){ verdict, reason };
}

/* How to return to the best group, if there is something to do. */
static struct mp_failback_decision need(const struct mp_failback_input *input)
{
	if (input->regroup)
		return decide(MP_FAILBACK_RELOAD, "priorities changed, groups have other members");
	if (input->groups < 2)
		return decide(MP_FAILBACK_NONE, "a single group");
	if (!input->best || !input->current || input->best == input->current)
		return decide(MP_FAILBACK_NONE, "the best group is in use");
	if (input->out_of_order)
		return decide(MP_FAILBACK_RELOAD, "groups are not in order of priority");
	return decide(MP_FAILBACK_SWITCH, "a better group is usable");
}

static struct mp_failback_decision decide_deferred(const struct mp_failback_input *input,
						   struct mp_failback_decision needed)
{
	if (input->path_failed)
		return decide(input->timer_running ? MP_FAILBACK_CANCEL_TIMER : MP_FAILBACK_NONE,
			      "a path failed");
	if (input->awaits_udev)
		return decide(MP_FAILBACK_NONE, awaits_udev);
	if (input->timer_expired)
		return needed;
	if (needed.verdict == MP_FAILBACK_NONE)
		return input->timer_running ? decide(MP_FAILBACK_CANCEL_TIMER, needed.reason) :
					      needed;
	if (!input->timer_running || input->path_came_up)
		return decide(MP_FAILBACK_START_TIMER, needed.reason);
	return decide(MP_FAILBACK_NONE, "the timer runs");
}

struct mp_failback_decision mp_failback_decide(const struct mp_failback_input *input)
{
	struct mp_failback_decision needed = need(input);

	if (input->policy > 0)
		return decide_deferred(input, needed);
	if (input->timer_running)
		return decide(MP_FAILBACK_CANCEL_TIMER, "failback is not deferred any more");
	if (input->awaits_udev)
		return decide(MP_FAILBACK_NONE, awaits_udev);

	switch (input->policy) {
	case MP_FAILBACK_IMMEDIATE:
		return needed;
	case MP_FAILBACK_FOLLOWOVER:
		return input->followover ? needed :
					   decide(MP_FAILBACK_NONE,
						  "the best group is not the one that came back");
	default:
		return decide(MP_FAILBACK_NONE, "failback is manual");
	}
}
