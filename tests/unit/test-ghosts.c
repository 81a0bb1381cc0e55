/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/ghosts.h"

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "multipathd/state/duties.h"

/* A map of sda and sdb, with ghost_delay 10, that the kernel does not have yet. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b;
};

static void world_init(struct world *world, enum mp_path_state a, enum mp_path_state b)
{
	recorded_init(&world->made, "");
	world->map = made_map(&world->made, "w");
	world->a = recorded_path(&world->made, 'a', world->map);
	world->b = recorded_path(&world->made, 'b', world->map);
	world->a->path.state = a;
	world->b->path.state = b;
	world->map->map.settings.ghost_delay_sec = 10;
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

static void a_new_map_of_ghosts_alone_is_delayed(void **state)
{
	static const struct {
		enum mp_path_state a, b;
		bool a_wrong, b_wrong; /* they lead to another LUN */
		bool exists, off, no_duty, delayed;
	} rows[] = {
		{ MP_PATH_GHOST, MP_PATH_GHOST, .delayed = true },
		{ MP_PATH_GHOST, MP_PATH_DOWN, .delayed = true },
		{ MP_PATH_GHOST, MP_PATH_UP, .delayed = false },
		{ MP_PATH_GHOST, MP_PATH_UP, .b_wrong = true, .delayed = true },
		{ MP_PATH_GHOST, MP_PATH_DOWN, .a_wrong = true },
		{ MP_PATH_DOWN, MP_PATH_DOWN, .delayed = false },
		{ MP_PATH_UP, MP_PATH_UP, .delayed = false },
		{ MP_PATH_GHOST, MP_PATH_GHOST, .exists = true },
		{ MP_PATH_GHOST, MP_PATH_GHOST, .off = true },
		{ MP_PATH_GHOST, MP_PATH_GHOST, .no_duty = true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static const struct duties none;
		_cleanup_world_ struct world world;

		world_init(&world, rows[i].a, rows[i].b);
		world.a->path.wrong_wwid = rows[i].a_wrong;
		world.b->path.wrong_wwid = rows[i].b_wrong;
		world.map->map.kernel.exists = rows[i].exists;
		if (rows[i].off)
			world.map->map.settings.ghost_delay_sec = 0;
		if (rows[i].no_duty)
			world.made.inventory.duties = &none;
		if (ghosts_delay(world.map) != rows[i].delayed)
			fail_msg("row %zu", i);
		recorded_expect("");
	}
}

static void the_delay_runs_once_and_ends_in_a_reload(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, MP_PATH_GHOST, MP_PATH_GHOST);
	ghosts_begin(world.map);
	recorded_expect("timer in 10 s\n");
	ghosts_begin(world.map);
	recorded_expect("");
	world.map->map.kernel.exists = true; /* created meanwhile */
	assert_true(ghosts_delay(world.map));
	ghosts_note_states(world.map);
	assert_true(ghosts_delay(world.map));
	recorded_fire(world.map->ghost_timer);
	assert_false(ghosts_delay(world.map));
	assert_true(world.map->force_reload && world.map->dirty);
}

static void a_path_that_comes_up_ends_the_delay(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, MP_PATH_GHOST, MP_PATH_GHOST);
	ghosts_begin(world.map);
	world.b->path.state = MP_PATH_UP;
	ghosts_note_states(world.map);
	assert_null(world.map->ghost_timer);
	assert_true(world.map->force_reload && world.map->dirty);
}

static void a_path_that_comes_up_without_a_delay_changes_nothing(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, MP_PATH_UP, MP_PATH_UP);
	ghosts_note_states(world.map);
	assert_false(world.map->force_reload || world.map->dirty);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_map_of_ghosts_alone_is_delayed),
		cmocka_unit_test(the_delay_runs_once_and_ends_in_a_reload),
		cmocka_unit_test(a_path_that_comes_up_ends_the_delay),
		cmocka_unit_test(a_path_that_comes_up_without_a_delay_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
