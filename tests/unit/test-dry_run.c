/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <json-c/json.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "model/difference.h"
#include "model/plan.h"
#include "show/dry_run.h"

static void each_step_is_a_line(void **state)
{
	const struct mp_step steps[] = {
		{ .kind = MP_STEP_CREATE, .reason = "there is none" },
		{ .kind = MP_STEP_RENAME, .reason = "the name differs" },
		{ .kind = MP_STEP_RELOAD, .reason = "reload requested" },
		{ .kind = MP_STEP_FAIL_PATH, .reason = "it is down", .devt = makedev(8, 16) },
		{ .kind = MP_STEP_SWITCH_GROUP, .reason = "it is better", .group = 2 },
		{ .kind = MP_STEP_QUEUE, .reason = "asked for" },
		{ .kind = MP_STEP_REMOVE, .reason = "not wanted" },
	};
	_cleanup_(mp_dry_run_fini) struct mp_dry_run changes = MP_DRY_RUN_INIT;
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	plan.name = strdup("data");
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		assert_int_equal(mp_plan_add(&plan, steps[i]), 0);
	mp_dry_run_add(&changes, "path", "drop", "sda", "%s", "blacklisted");
	mp_dry_run_add_plan(&changes, "mpatha", "3600", &plan, NULL, false);
	mp_dry_run_format(&changes, false, &out);
	assert_string_equal(mp_strbuf_text(&out),
			    "drop sda: blacklisted\n"
			    "create mpatha: 3600, there is none\n"
			    "rename mpatha: to data: the name differs\n"
			    "reload mpatha: reload requested\n"
			    "message mpatha: fail path 8:16: it is down\n"
			    "message mpatha: switch to group 2: it is better\n"
			    "message mpatha: queue if no path: asked for\n"
			    "remove mpatha: not wanted\n");
}

static void differences_are_reported_with_both_values(void **state)
{
	_cleanup_(mp_dry_run_fini) struct mp_dry_run changes = MP_DRY_RUN_INIT;
	_cleanup_(mp_table_fini) struct mp_table current = MP_TABLE_INIT;
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	assert_int_equal(mp_table_parse("0 0 1 1 a 0 1 1 8:0 1", &current), 0);
	assert_int_equal(mp_table_parse("2 pg_init_retries 5 0 1 1 a 0 1 1 8:0 1", &plan.table), 0);
	current.size_sectors = 8;
	plan.table.size_sectors = 16;
	mp_plan_add(&plan,
		    (struct mp_step){ .kind = MP_STEP_RELOAD,
				      .reason = mp_difference_find(&current, &plan.table, false) });
	mp_plan_add(&plan, (struct mp_step){ .kind = MP_STEP_RESIZE, .reason = "size differs" });
	mp_dry_run_add_plan(&changes, "mpatha", "3600", &plan, &current, false);
	mp_dry_run_format(&changes, false, &out);
	assert_string_equal(mp_strbuf_text(&out),
			    "reload mpatha: features 0 -> 2 pg_init_retries 5\n"
			    "resize mpatha: size differs, 8 -> 16 sectors\n");
}

static void objects_that_change_alike_share_one_line(void **state)
{
	_cleanup_(mp_dry_run_fini) struct mp_dry_run changes = MP_DRY_RUN_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_dry_run_add(&changes, "map", "set", "b", "y");
	mp_dry_run_add(&changes, "map", "set", "a", "x");
	mp_dry_run_add(&changes, "map", "reload", "a", "x");
	mp_dry_run_add(&changes, "map", "set", "c", "y");
	for (int i = 0; i < 10; i++) {
		char name[] = { '0' + i, 0 };

		mp_dry_run_add(&changes, "map", "set", name, "z");
	}
	mp_dry_run_format(&changes, false, &out);
	assert_string_equal(mp_strbuf_text(&out), "set b c: y\n"
						  "set a: x\n"
						  "reload a: x\n"
						  "set 0 1 2 3 4 5 6 7 and 2 more: z\n");
}

static void an_empty_result_is_reported_too(void **state)
{
	_cleanup_(mp_dry_run_fini) struct mp_dry_run changes = MP_DRY_RUN_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;

	(void)state;
	mp_dry_run_format(&changes, false, &out);
	assert_string_equal(mp_strbuf_text(&out), "nothing to do\n");
	mp_strbuf_clear(&out);
	changes.error = -ENOMEM;
	mp_dry_run_format(&changes, true, &out);
	assert_int_equal(out.error, -ENOMEM);
}

static void json_has_a_row_for_each_change(void **state)
{
	_cleanup_(mp_dry_run_fini) struct mp_dry_run changes = MP_DRY_RUN_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	struct json_object *all, *rows, *row;

	(void)state;
	for (int i = 0; i < 20; i++)
		mp_dry_run_add(&changes, "map", "set", "a\xff\"", "%d", i);
	mp_dry_run_format(&changes, true, &out);
	all = json_tokener_parse(mp_strbuf_text(&out));
	assert_non_null(all);
	rows = json_object_object_get(all, "changes");
	assert_int_equal(json_object_array_length(rows), 20);
	row = json_object_array_get_idx(rows, 19);
	assert_string_equal(json_object_get_string(json_object_object_get(row, "name")),
			    "a\xc3\xbf\"");
	assert_string_equal(json_object_get_string(json_object_object_get(row, "kind")), "map");
	assert_string_equal(json_object_get_string(json_object_object_get(row, "action")), "set");
	assert_string_equal(json_object_get_string(json_object_object_get(row, "reason")), "19");
	json_object_put(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_step_is_a_line),
		cmocka_unit_test(differences_are_reported_with_both_values),
		cmocka_unit_test(objects_that_change_alike_share_one_line),
		cmocka_unit_test(an_empty_result_is_reported_too),
		cmocka_unit_test(json_has_a_row_for_each_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
