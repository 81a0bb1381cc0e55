/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/awaited.h"

#include "base/cleanup.h"
#include "pair-proven.h"

static void the_map_of_a_new_path_is_marked_by_its_first_answer(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	awaited_begin(world.a);
	assert_false(world.a->answered);
	assert_int_equal(world.made.inventory.unanswered, 1);
	assert_false(world.map->dirty);

	awaited_note_answer(world.a);
	assert_true(world.a->answered && world.map->dirty);
	assert_int_equal(world.made.inventory.unanswered, 0);
	awaited_end(world.a); /* no longer overdue */
	assert_int_equal(world.made.inventory.unanswered, 0);
}

static void the_answer_of_an_older_check_does_not_end_the_wait(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	awaited_begin(world.a);
	world.a->asked_before = true;
	awaited_note_answer(world.a);
	assert_false(world.a->answered || world.map->dirty);
	awaited_end(world.a); /* too late: the map is planned without it */
	assert_true(world.a->answered && world.map->dirty);
}

static void the_last_answer_of_paths_without_a_map_wakes_reconciliation(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	mp_map_remove_path(&world.a->path);
	mp_map_remove_path(&world.b->path);
	awaited_begin(world.a);
	awaited_begin(world.b);
	awaited_end(world.a);
	assert_int_equal(world.made.marks, 0);
	awaited_end(world.b);
	assert_int_equal(world.made.marks, 1);
}

static void a_map_waits_again_for_usable_paths_only(void **state)
{
	static const struct {
		enum mp_path_state before;
		bool answered, waits;
	} rows[] = {
		{ MP_PATH_UP, true, true },    { MP_PATH_GHOST, true, true },
		{ MP_PATH_DOWN, true, false }, { MP_PATH_UNCHECKED, true, false },
		{ MP_PATH_UP, false, false }, /* it waits already: counted once */
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		world.a->answered_state = rows[i].before;
		world.a->answered = rows[i].answered;
		awaited_again(world.a);
		assert_int_equal(world.made.inventory.unanswered, rows[i].waits);
		assert_int_equal(world.a->answered, rows[i].answered && !rows[i].waits);
	}
}

static void a_map_waits_for_the_priority_of_another_prioritizer(void **state)
{
	static const struct {
		enum mp_path_state before;
		enum mp_init_state init;
		bool checks, disabled, waits;
	} rows[] = {
		{ MP_PATH_UP, MP_INIT_OK, true, false, true },
		{ MP_PATH_DOWN, MP_INIT_OK, true, false, false },
		{ MP_PATH_UP, MP_INIT_MISSING_UDEV, true, false, false },
		{ MP_PATH_UP, MP_INIT_OK, false, false, false },
		{ MP_PATH_UP, MP_INIT_OK, true, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		world.a->path.priority = 50;
		world.a->prioritizer = mp_prioritizer_find("alua");
		world.a->path.init = rows[i].init;
		world.a->path.checker_disabled = rows[i].disabled;
		world.a->answered_state = rows[i].before;
		world.made.inventory.options.check = rows[i].checks;
		awaited_priority(world.a);
		recorded_expect("");
		assert_int_equal(world.made.inventory.unanswered, rows[i].waits);
		assert_int_equal(world.a->path.priority, rows[i].waits ? MP_PRIORITY_UNDEF : 50);
		assert_int_equal(world.a->path.priority_awaited, rows[i].waits);
	}
}

static void when_waiting_ends_for_all_each_map_is_marked(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	awaited_begin(world.a);
	awaited_begin(world.b);
	world.a->asked_before = true;
	awaited_end_all(&world.made.daemon);
	assert_int_equal(world.made.inventory.unanswered, 0);
	assert_true(world.a->answered && world.b->answered && world.map->dirty);
}

static void a_path_that_goes_is_no_longer_counted(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	awaited_begin(world.a);
	awaited_forget(world.a);
	awaited_forget(world.a);
	assert_int_equal(world.made.inventory.unanswered, 0);
	assert_false(world.map->dirty);

	/* It was never checked, nor counted. */
	world.b->answered = false;
	world.b->path.init = MP_INIT_MISSING_UDEV;
	awaited_forget(world.b);
	assert_int_equal(world.made.inventory.unanswered, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_map_of_a_new_path_is_marked_by_its_first_answer),
		cmocka_unit_test(the_answer_of_an_older_check_does_not_end_the_wait),
		cmocka_unit_test(the_last_answer_of_paths_without_a_map_wakes_reconciliation),
		cmocka_unit_test(a_map_waits_again_for_usable_paths_only),
		cmocka_unit_test(a_map_waits_for_the_priority_of_another_prioritizer),
		cmocka_unit_test(when_waiting_ends_for_all_each_map_is_marked),
		cmocka_unit_test(a_path_that_goes_is_no_longer_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
