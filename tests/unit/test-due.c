/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/due.h"

#include "jobs-recorded.h"

/* A map of one good path, sda. */
struct world {
	struct made made;
	struct daemon_path *path;
};

static void world_init(struct world *world)
{
	struct daemon_map *map;

	recorded_init(&world->made, "");
	map = made_map(&world->made, "w");
	world->path = recorded_path(&world->made, 'a', map);
	recorded_table(map, "mpatha", "0 0 1 1 round-robin 0 1 1 8:0 1");
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void a_check_that_is_due_begins(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	due_on_time(&world.path->due);
	recorded_expect("check /dev/sda for at most 30 s\n"
			"sda is due in 1 s\n");
	world.path->path.checker_disabled = true;
	recorded_advance(1);
	due_on_time(&world.path->due);
	recorded_expect(""); /* the operator failed it */
}

static void udev_is_asked_again_about_a_path_without_wwid(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.path->path.init = MP_INIT_MISSING_UDEV;
	due_on_time(&world.path->due);
	recorded_expect("sda is due in 10 s\n"
			"trigger change of \"\"\n");
	assert_int_equal(world.path->path.init, MP_INIT_REQUESTED_UDEV);
	assert_int_equal(world.path->retriggers, 1);
}

static void a_check_that_runs_is_late_and_not_begun_again(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	due_on_time(&world.path->due);
	recorded_expect("check /dev/sda for at most 30 s\n"
			"sda is due in 1 s\n");
	recorded.has_begun = true;
	recorded_advance(1);
	due_on_time(&world.path->due);
	recorded_expect("sda is due in 29 s\n");
	assert_int_equal(world.path->path.state, MP_PATH_PENDING);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_check_that_is_due_begins),
		cmocka_unit_test(a_check_that_runs_is_late_and_not_begun_again),
		cmocka_unit_test(udev_is_asked_again_about_a_path_without_wwid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
