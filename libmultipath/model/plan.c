/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static const char *const names[] = {
	[MP_STEP_RENAME] = "rename",
	[MP_STEP_CREATE] = "create",
	[MP_STEP_RELOAD] = "reload",
	[MP_STEP_RESIZE] = "resize",
	[MP_STEP_SWITCH_GROUP] = "switch to group",
	[MP_STEP_FAIL_PATH] = "fail path",
	[MP_STEP_REINSTATE_PATH] = "reinstate path",
	[MP_STEP_QUEUE] = "queue if no path",
	[MP_STEP_NO_QUEUE] = "fail if no path",
	[MP_STEP_REMOVE] = "remove",
	[MP_STEP_REJECT] = "reject",
	[MP_STEP_KEEP] = "keep",
	[MP_STEP_ENABLE_GROUP] = "enable group",
};

const char *mp_plan_step_name(enum mp_step_kind kind)
{
	return kind < ARRAY_SIZE(names) ? names[kind] : "invalid";
}

void mp_plan_fini(struct mp_plan *plan)
{
	mp_table_fini(&plan->table);
	free(plan->steps);
	free(plan->name);
	*plan = (struct mp_plan)MP_PLAN_INIT;
}

/* Room is first MP_PLAN_STEPS_SMALL, then doubles whenever the count reaches a power of two. */
int mp_plan_add(struct mp_plan *plan, struct mp_step step)
{
	bool full = plan->count >= MP_PLAN_STEPS_SMALL && !(plan->count & (plan->count - 1));

	if (!plan->count || full) {
		size_t room = plan->count ? 2 * plan->count : MP_PLAN_STEPS_SMALL;
		struct mp_step *steps = realloc(plan->steps, room * sizeof(*steps));

		if (!steps)
			return -ENOMEM;
		plan->steps = steps;
	}
	plan->steps[plan->count++] = step;
	return 0;
}

const struct mp_step *mp_plan_find(const struct mp_plan *plan, enum mp_step_kind kind)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan->steps[i].kind == kind)
			return &plan->steps[i];
	return NULL;
}

void mp_plan_format(const struct mp_plan *plan, const char *map, struct mp_strbuf *buf)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct mp_step *step = &plan->steps[i];

		mp_strbuf_printf(buf, "%s: %s", map, mp_plan_step_name(step->kind));
		if (step->kind == MP_STEP_RENAME && plan->name)
			mp_strbuf_printf(buf, " to %s", plan->name);
		if (step->devt)
			mp_strbuf_printf(buf, " %u:%u", major(step->devt), minor(step->devt));
		if (step->group)
			mp_strbuf_printf(buf, " %u", step->group);
		mp_strbuf_printf(buf, ": %s\n", step->reason ? step->reason : "");
	}
}
