/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/plan.h"

static void an_empty_plan_has_no_steps(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;
	struct mp_plan plan = MP_PLAN_INIT;

	(void)state;
	assert_null(mp_plan_find(&plan, MP_STEP_RENAME));
	mp_plan_format(&plan, "m", &buf);
	assert_string_equal(mp_strbuf_text(&buf), "");
	mp_plan_fini(&plan);
}

static void steps_keep_their_order_however_many_they_are(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

	(void)state;
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(mp_plan_add(&plan, (struct mp_step){ .kind = MP_STEP_SWITCH_GROUP,
								      .group = i }),
				 0);
	assert_int_equal(plan.count, 1000);
	for (unsigned i = 0; i < 1000; i++)
		assert_int_equal(plan.steps[i].group, i);
}

static void the_first_step_of_a_kind_is_found(void **state)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;

	(void)state;
	mp_plan_add(&plan, (struct mp_step){ .kind = MP_STEP_FAIL_PATH, .devt = makedev(8, 0) });
	mp_plan_add(&plan, (struct mp_step){ .kind = MP_STEP_RELOAD });
	mp_plan_add(&plan, (struct mp_step){ .kind = MP_STEP_FAIL_PATH, .devt = makedev(8, 16) });
	assert_ptr_equal(mp_plan_find(&plan, MP_STEP_FAIL_PATH), &plan.steps[0]);
	assert_ptr_equal(mp_plan_find(&plan, MP_STEP_RELOAD), &plan.steps[1]);
	assert_null(mp_plan_find(&plan, MP_STEP_REMOVE));
}

static void each_step_is_a_line_with_its_reason(void **state)
{
	const struct mp_step steps[] = {
		{ .kind = MP_STEP_RENAME, .reason = "r" },
		{ .kind = MP_STEP_CREATE, .reason = "c" },
		{ .kind = MP_STEP_RELOAD, .reason = "l" },
		{ .kind = MP_STEP_RESIZE, .reason = "s" },
		{ .kind = MP_STEP_SWITCH_GROUP, .group = 2, .reason = "g" },
		{ .kind = MP_STEP_FAIL_PATH, .devt = makedev(8, 16), .reason = "f" },
		{ .kind = MP_STEP_REINSTATE_PATH, .devt = makedev(259, 300), .reason = "i" },
		{ .kind = MP_STEP_QUEUE, .reason = "q" },
		{ .kind = MP_STEP_NO_QUEUE, .reason = "n" },
		{ .kind = MP_STEP_REMOVE, .reason = "d" },
		{ .kind = MP_STEP_REJECT, .reason = "x" },
		{ .kind = MP_STEP_ENABLE_GROUP, .group = 1 },
	};
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

	(void)state;
	plan.name = strdup("new");
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		assert_int_equal(mp_plan_add(&plan, steps[i]), 0);
	mp_plan_format(&plan, "m", &buf);
	assert_string_equal(mp_strbuf_text(&buf), "m: rename to new: r\n"
						  "m: create: c\n"
						  "m: reload: l\n"
						  "m: resize: s\n"
						  "m: switch to group 2: g\n"
						  "m: fail path 8:16: f\n"
						  "m: reinstate path 259:300: i\n"
						  "m: queue if no path: q\n"
						  "m: fail if no path: n\n"
						  "m: remove: d\n"
						  "m: reject: x\n"
						  "m: enable group 1: \n");
	assert_string_equal(mp_plan_step_name(99), "invalid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_plan_has_no_steps),
		cmocka_unit_test(steps_keep_their_order_however_many_they_are),
		cmocka_unit_test(the_first_step_of_a_kind_is_found),
		cmocka_unit_test(each_step_is_a_line_with_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
