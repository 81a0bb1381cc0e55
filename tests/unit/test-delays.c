/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/delays.h"

#include "jobs-recorded.h"

/* One map of two good paths, and a check of the first one, sda, that has not ended. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *path;
	struct check_job *job;
};

static void world_init(struct world *world)
{
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	world->path = recorded_path(&world->made, 'a', world->map);
	recorded_path(&world->made, 'b', world->map);
	recorded_table(world->map, "mpatha", "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1");
	world->job = calloc(1, sizeof(*world->job));
	assert_non_null(world->job);
	world->job->begun_usec = recorded.now_usec;
	world->path->job = world->job;
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void a_check_is_late_when_it_has_run_for_its_time(void **state)
{
	static const struct {
		double after_sec; /* of 30 */
		enum delay_queue queue;
		bool disabled;
		enum delay delay;
	} rows[] = {
		{ 1, DELAY_QUEUE_BEGUN, false, DELAY_PENDING },
		{ 29.4, DELAY_QUEUE_BEGUN, false, DELAY_PENDING },
		{ 29.5, DELAY_QUEUE_BEGUN, false, DELAY_TIMEOUT }, /* the agenda's second */
		{ 60, DELAY_QUEUE_BEGUN, false, DELAY_TIMEOUT },
		{ 1, DELAY_QUEUE_WAITS, false, DELAY_QUEUED },
		{ 60, DELAY_QUEUE_WAITS, false, DELAY_QUEUED },
		{ 1, DELAY_QUEUE_HELD_UP, false, DELAY_PENDING },
		{ 60, DELAY_QUEUE_HELD_UP, false, DELAY_HELD_UP },
		{ 60, DELAY_QUEUE_BEGUN, true, DELAY_IGNORED },
		{ 1, DELAY_QUEUE_WAITS, true, DELAY_IGNORED },
	};
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t now = world.job->begun_usec + rows[i].after_sec * 1000000;

		world.path->path.checker_disabled = rows[i].disabled;
		assert_int_equal(delays_judge(world.path, now, rows[i].queue), rows[i].delay);
	}
}

static void a_late_check_is_pending_and_then_timed_out(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	recorded.has_begun = true;
	recorded_advance(1);
	delays_on_overdue(world.path);
	recorded_expect("sda is due in 29 s\n");
	assert_int_equal(world.path->path.state, MP_PATH_PENDING);
	assert_int_equal(world.path->answered_state, MP_PATH_UP);
	assert_true(mp_path_is_rated(&world.path->path));
	recorded_advance(29);
	delays_on_overdue(world.path);
	/* Its next event is the answer. */
	recorded_expect("message w: fail_path 8:0\n"
			"sda is due in 5 s\n"
			"sda is not due\n");
	assert_int_equal(world.path->path.state, MP_PATH_TIMEOUT);
	assert_ptr_equal(world.path->job, world.job);
}

static void a_check_that_waits_for_its_turn_does_not_change_the_path(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	recorded.awaits_turn = true;
	recorded_advance(100);
	delays_on_overdue(world.path);
	recorded_expect("sda is due in 1 s\n");
	assert_int_equal(world.path->path.state, MP_PATH_UP);
	recorded.awaits_turn = false;
	recorded.lacks_places = true;
	delays_on_overdue(world.path);
	recorded_expect("sda is due in 1 s\n");
	assert_int_equal(world.path->path.state, MP_PATH_UP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_is_late_when_it_has_run_for_its_time),
		cmocka_unit_test(a_late_check_is_pending_and_then_timed_out),
		cmocka_unit_test(a_check_that_waits_for_its_turn_does_not_change_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
