/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/schedule.h"

#include "base/cleanup.h"
#include "multipathd/control/awaited.h"
#include "pair-proven.h"
#include "prioritizers/prioritizer.h"

#define CHECK(sdx) "check /dev/" sdx " for at most 30 s\n" sdx " is due in 1 s\n"

static void at_the_longest_interval_the_paths_of_a_map_are_checked_together(void **state)
{
	_cleanup_world_ struct world world;
	uint64_t now = 1000 * 1000000ull;

	(void)state;
	world_init(&world);
	world.a->path.interval_sec = 10; /* of at most 20 */
	assert_true(schedule_next_usec(world.a, now + 300000) == now + 10000000);
	world.a->path.interval_sec = world.b->path.interval_sec = 20;
	for (unsigned sec = 0; sec < 40; sec++) {
		uint64_t next = schedule_next_usec(world.a, now + sec * 1000000);

		assert_true(next % 1000000 == 0 && next / 1000000 % 5 == 0);
		assert_true(next > now + sec * 1000000 && next <= now + (sec + 20) * 1000000);
		assert_true(next == schedule_next_usec(world.b, now + sec * 1000000 + 999999));
	}
	mp_map_remove_path(&world.a->path);
	assert_true(schedule_next_usec(world.a, now) == now + 20000000);
}

static void a_check_asked_for_during_another_one_follows_it(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	schedule_check(world.a);
	recorded_expect(CHECK("sda"));
	assert_false(world.a->check_now);
	schedule_check(world.a);
	recorded_expect("");
	assert_true(world.a->check_now);
}

static void a_path_whose_checker_is_disabled_is_not_checked(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->path.checker_disabled = true;
	schedule_check(world.a);
	world.b->checker = NULL;
	schedule_check(world.b);
	recorded_expect("");
	assert_false(world.a->check_now);
}

static void one_path_asks_for_the_priorities_of_all(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->prioritizer = world.b->prioritizer = mp_prioritizer_find("alua");
	world.a->path.priority = world.b->path.priority = 50;
	schedule_check(world.a);
	assert_ptr_equal(recorded.check->prioritizer, world.a->prioritizer);
	assert_int_equal(world.map->prio_asking, world.a->path.id);
	schedule_check(world.b);
	assert_null(recorded.check->prioritizer);
	schedule_end_round(world.b); /* it is not the one that asks */
	assert_int_equal(world.map->prio_asking, world.a->path.id);
	schedule_end_round(world.a);
	assert_int_equal(world.map->prio_asking, 0);
}

static void a_new_path_is_checked_at_once_unless_others_are_still_to_be_found(void **state)
{
	static const struct {
		enum mp_init_state init;
		bool checks, enumerating;
		const char *asked;
		unsigned unanswered;
	} rows[] = {
		{ MP_INIT_OK, true, false, "sda is due in 1 s\n" CHECK("sda"), 1 },
		{ MP_INIT_OK, true, true, "sda is due in 1 s\n", 1 },
		{ MP_INIT_OK, false, false, "sda is due in 1 s\n", 0 },
		/* udev is asked first */
		{ MP_INIT_MISSING_UDEV, true, false, "sda is due in 10 s\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		world.a->answered = false;
		world.a->path.init = rows[i].init;
		world.made.inventory.options.check = rows[i].checks;
		world.made.daemon.enumerating = rows[i].enumerating;
		schedule_start(world.a);
		recorded_expect(rows[i].asked);
		assert_int_equal(world.made.inventory.unanswered, rows[i].unanswered);
		assert_int_equal(world.a->answered_state, MP_PATH_UNCHECKED);
		if (!rows[i].enumerating)
			continue;
		schedule_start_late(world.b);
		schedule_start_late(world.a);
		recorded_expect(CHECK("sda")); /* sdb has answered */
	}
}

static void a_map_waits_for_the_answer_of_a_path_in_doubt(void **state)
{
	static const struct {
		enum mp_path_state before;
		bool under_way, disabled;
		bool waits, asked_before;
		const char *asked;
	} rows[] = {
		{ MP_PATH_UP, false, false, true, false, CHECK("sda") },
		{ MP_PATH_UP, true, false, true, true,
		  "" }, /* the answer of the running check may be outdated */
		{ MP_PATH_DOWN, false, false, false, false, CHECK("sda") },
		{ MP_PATH_UP, false, true, false, false, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;

		world_init(&world);
		if (rows[i].under_way)
			schedule_check(world.a);
		recorded_forget();
		world.a->answered_state = rows[i].before;
		world.a->path.checker_disabled = rows[i].disabled;
		schedule_doubt(world.a);
		recorded_expect(rows[i].asked);
		assert_false(mp_path_is_proven(&world.a->path));
		assert_int_equal(world.a->answered, !rows[i].waits);
		assert_int_equal(world.made.inventory.unanswered, rows[i].waits);
		assert_int_equal(world.a->asked_before, rows[i].asked_before);

		/* An answer to what was asked before does not end that. */
		awaited_note_answer(world.a);
		assert_int_equal(world.a->answered, !rows[i].asked_before);
		assert_int_equal(world.map->dirty, rows[i].waits && !rows[i].asked_before);
	}
}

static void a_removed_path_abandons_its_check_and_answers_its_clients(void **state)
{
	_cleanup_world_ struct world world;
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	(void)state;
	world_init(&world);
	assert_non_null(waiter);
	waiter->request = 9;
	cds_list_add_tail(&waiter->in_waiters, &world.a->waiters);
	schedule_check(world.a);
	schedule_doubt(world.a);
	recorded_forget();
	schedule_stop(world.a);
	recorded_expect("reply 9: fail\nsda is not due\nabandon the check of /dev/sda\n");
	assert_int_equal(world.made.inventory.unanswered, 0);
	world.b->fd = 5;
	schedule_stop(world.b);
	recorded_expect("close 5\n");
	assert_int_equal(world.b->fd, -1);
}

static void a_device_that_may_have_been_replaced_is_opened_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.a->fd = 5;
	schedule_reopen(world.a);
	recorded_expect("close 5\n");
	world.b->fd = 6;
	schedule_check(world.b);
	recorded_forget();
	schedule_reopen(world.b); /* the check uses it */
	recorded_expect("");
	assert_int_equal(world.b->fd, 6);
	world.b->fd = -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at_the_longest_interval_the_paths_of_a_map_are_checked_together),
		cmocka_unit_test(a_check_asked_for_during_another_one_follows_it),
		cmocka_unit_test(a_path_whose_checker_is_disabled_is_not_checked),
		cmocka_unit_test(one_path_asks_for_the_priorities_of_all),
		cmocka_unit_test(a_new_path_is_checked_at_once_unless_others_are_still_to_be_found),
		cmocka_unit_test(a_map_waits_for_the_answer_of_a_path_in_doubt),
		cmocka_unit_test(a_removed_path_abandons_its_check_and_answers_its_clients),
		cmocka_unit_test(a_device_that_may_have_been_replaced_is_opened_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
