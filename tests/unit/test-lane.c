/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "multipathd/loop/lane.h"

static void a_lane_is_open_depending_on_what_runs_and_what_waits(void **state)
{
	static const struct {
		bool waits, waits_for_exclusive;
		unsigned running, hanging;
		bool exclusive_runs, scarce, open;
	} rows[] = {
		{ false, false, 0, 0, false, false, false },
		{ true, false, 0, 0, false, false, true },
		{ true, false, 1, 0, false, false, true },
		{ true, false, 2, 0, false, false, false },
		{ true, false, 1, 0, true, false, false }, /* what runs is alone */
		{ true, true, 0, 0, false, false, true }, /* so shall the next be */
		{ true, true, 1, 0, false, false, false },
		{ true, false, 1, 1, false, false, true }, /* two while it hangs */
		{ true, false, 2, 1, false, false, false },
		{ true, false, 1, 1, false, true, false }, /* one while places are scarce */
		{ true, false, 1, 0, false, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct work begun = { .exclusive = rows[i].exclusive_runs };
		struct work waiting = { .exclusive = rows[i].waits_for_exclusive };
		struct lane lane;

		lane_init(&lane, i);
		for (unsigned j = 0; j < rows[i].running; j++)
			lane_begin(&lane, &begun);
		lane.hanging = rows[i].hanging;
		if (rows[i].waits)
			assert_true(works_add(&lane.works, &waiting));
		assert_int_equal(lane_is_open(&lane, rows[i].scarce), rows[i].open);
	}
}

/* Starts as many as may run at once. */
static void fill(struct lane *lane)
{
	struct work work = { 0 };

	while (lane_is_open(lane, false))
		lane_begin(lane, &work);
}

static void a_busy_lane_gets_more_threads_until_it_hangs(void **state)
{
	static const unsigned expected[] = { 2, 3, 4, 5, 6, 6 };
	struct work waiting = { 0 };
	struct lane lane;

	(void)state;
	lane_init(&lane, 1);
	works_add(&lane.works, &waiting);
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		fill(&lane);
		assert_int_equal(lane.running, expected[i]);
		lane_finish(&lane, false);
	}
	lane.hanging = 1;
	lane_finish(&lane, true);
	assert_int_equal(lane.hanging, 0);
	lane.running = 1;
	fill(&lane);
	assert_int_equal(lane.running, 2);
}

static void the_class_of_a_lane_is_in_its_number(void **state)
{
	struct lane lane;

	(void)state;
	for (int class = 0; class < WORK_CLASSES; class ++) {
		lane_init(&lane, work_lane_number(class, UINT64_MAX));
		assert_int_equal(lane.class, class);
	}
	lane_init(&lane, 0);
	assert_int_equal(lane.class, WORK_HOUSE);
	lane_init(&lane, WORK_NAMED_LANES - 1);
	assert_int_equal(lane.class, WORK_HOUSE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lane_is_open_depending_on_what_runs_and_what_waits),
		cmocka_unit_test(a_busy_lane_gets_more_threads_until_it_hangs),
		cmocka_unit_test(the_class_of_a_lane_is_in_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
