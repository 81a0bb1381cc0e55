/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/retries.h"

#include "jobs-recorded.h"

static void attempts_without_an_event_become_less_frequent(void **state)
{
	static const unsigned pauses_sec[] = { 1, 2, 4, 8, 16, 32, 64, 64 };
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;
	char text[32];

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "w");
	for (size_t i = 0; i < ARRAY_SIZE(pauses_sec); i++) {
		map->removal_tried = true;
		retries_later(map);
		snprintf(text, sizeof(text), "timer in %u s\n", pauses_sec[i]);
		recorded_expect(text);
		assert_false(map->dirty);
		recorded_fire(map->retry_timer);
		assert_true(map->dirty);
		assert_false(map->removal_tried); /* the next pass tries it */
		cds_list_del(&map->in_dirty);
		map->dirty = false;
	}
}

static void a_load_that_fails_is_tried_three_times(void **state)
{
	_cleanup_recorded_ struct made made;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "w");
	retries_soon(map);
	recorded_expect("timer in 1 s\n");
	recorded_fire(map->retry_timer);
	assert_true(map->dirty);
	retries_soon(map);
	recorded_expect("timer in 1 s\n");
	retries_soon(map);
	recorded_expect("");
	assert_int_equal(map->load_failures, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempts_without_an_event_become_less_frequent),
		cmocka_unit_test(a_load_that_fails_is_tried_three_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
