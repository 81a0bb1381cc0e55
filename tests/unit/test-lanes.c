/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "model/path.h"
#include "multipathd/loop/work.h"
#include "multipathd/state/lanes.h"

static void paths_of_one_nexus_share_a_lane(void **state)
{
	static const struct {
		struct mp_address a, b;
		unsigned minor; /* of the second device; the first has 0 */
		bool same;
	} rows[] = {
		{ { .host = 1, .target = 2, .lun = 0 },
		  { .host = 1, .target = 2, .lun = 7 },
		  16,
		  true },
		{ { .host = 1, .target = 2 }, { .host = 2, .target = 2 }, 16, false },
		{ { .host = 1, .target = 2 }, { .host = 1, .target = 3 }, 16, false },
		{ { .host = 1, .channel = 1 }, { .host = 1, .channel = 0 }, 16, false },
		{ { .host = 1, .channel = 1 }, { .host = 1, .target = 1 }, 16, false },
		/* without an address, each device is a nexus of its own */
		{ { .host = -1 }, { .host = -1 }, 16, false },
		{ { .host = -1 }, { .host = -1 }, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mp_identity a = { .address = rows[i].a, .devt = makedev(8, 0) };
		const struct mp_identity b = { .address = rows[i].b,
					       .devt = makedev(8, rows[i].minor) };

		assert_int_equal(lane_of_checks(&a) == lane_of_checks(&b), rows[i].same);
		assert_int_equal(lane_of_path(&a) == lane_of_path(&b), rows[i].same);
	}
}

static void each_kind_of_work_has_its_class(void **state)
{
	const struct mp_identity path = { .address = { .host = 1 } };
	const struct {
		uint64_t lane;
		enum work_class class;
	} rows[] = {
		{ lane_of_checks(&path), WORK_CHECKS },
		{ lane_of_path(&path), WORK_QUESTIONS },
		{ lane_of_table("3600a"), WORK_TABLES },
		{ lane_of_messages("3600a"), WORK_MESSAGES },
		{ LANE_STATUS, WORK_HOUSE },
		{ LANE_READINGS, WORK_HOUSE },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(work_class_of_lane(rows[i].lane), rows[i].class);
}

static void each_map_has_a_lane_for_its_table_and_one_for_messages(void **state)
{
	(void)state;
	assert_true(lane_of_table("3600a") == lane_of_table("3600a"));
	assert_true(lane_of_table("3600a") != lane_of_table("3600b"));
	assert_true(lane_of_messages("3600a") != lane_of_messages("3600b"));
	assert_true(lane_of_messages("3600a") != lane_of_table("3600a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_of_one_nexus_share_a_lane),
		cmocka_unit_test(each_kind_of_work_has_its_class),
		cmocka_unit_test(each_map_has_a_lane_for_its_table_and_one_for_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
