/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/readiness.h"

#include "jobs-recorded.h"

static void a_report_of_udev_with_news_marks_the_map(void **state)
{
	static const struct {
		bool was_ready, was_unusable; /* was_unusable: udev reported it as not ready */
		bool ready;
		bool marked;
	} rows[] = {
		{ false, false, true, true }, { false, false, false, true },
		{ false, true, true, true },  { true, false, true, false },
		{ true, true, true, true },   { true, true, false, false },
		{ true, false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_recorded_ struct made made;
		struct daemon_map *map;

		recorded_init(&made, "defaults {\nreassign_maps no\n}\n");
		map = made_map(&made, "w");
		map->map.ready = rows[i].was_ready;
		map->not_ready_in_udev = rows[i].was_unusable;
		readiness_note(map, rows[i].ready);
		recorded_expect("");
		assert_int_equal(map->dirty, rows[i].marked);
		assert_true(map->map.ready);
		assert_int_equal(map->not_ready_in_udev, !rows[i].marked && rows[i].was_unusable);
	}
}

static void devices_stacked_on_paths_are_moved_to_the_map_if_configured(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "defaults {\nreassign_maps yes\n}\n");
	map = made_map(&made, "w");
	made_path(&made, 'a', map);
	readiness_note(map, true);
	recorded_expect("reassign to w: 8:0\n");
}

static void a_map_without_report_of_udev_counts_as_ready_after_a_while(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "defaults {\nmissing_uev_wait_timeout 12\n}\n");
	map = made_map(&made, "w");
	readiness_await(map);
	recorded_expect("timer in 12 s\n");
	assert_false(map->map.ready);
	recorded_fire(map->udev_timer);
	assert_true(map->map.ready && map->dirty);
	assert_null(map->udev_timer);

	map->map.ready = false;
	readiness_await(map);
	readiness_note(map, true);
	assert_null(map->udev_timer); /* it was in time */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_of_udev_with_news_marks_the_map),
		cmocka_unit_test(devices_stacked_on_paths_are_moved_to_the_map_if_configured),
		cmocka_unit_test(a_map_without_report_of_udev_counts_as_ready_after_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
