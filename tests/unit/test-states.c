/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/states.h"

#include "base/cleanup.h"
#include "jobs-recorded.h"
#include "multipathd/state/duties.h"

/* The calls of the maps' owner are recorded, too. */

static void record_news(const char *what, const struct path_news *news)
{
	record("%s%s%s%s%s\n", what, news->came_up ? ", up" : "", news->failed ? ", failed" : "",
	       news->which ? ": " : "", news->which ? mp_path_name(&news->which->path) : "");
}

static void duty_on_states(struct daemon_map *map, const struct path_news *news)
{
	(void)map;
	record_news("states", news);
}

static void duty_on_groups(struct daemon_map *map, const struct path_news *news)
{
	(void)map;
	record_news("groups", news);
}

static void duty_on_failed(struct daemon_path *path)
{
	record("%s was failed\n", mp_path_name(&path->path));
}

static const struct duties duties = {
	.on_states = duty_on_states,
	.on_groups = duty_on_groups,
	.on_failed = duty_on_failed,
};

/* A map of sda in the first group and of sdb in the second one. */
struct world {
	struct made made;
	struct daemon_map *map;
	struct daemon_path *a, *b;
};

static void world_init(struct world *world)
{
	recorded_init(&world->made, "");
	world->made.inventory.duties = &duties;
	world->map = made_map(&world->made, "w");
	world->a = recorded_path(&world->made, 'a', world->map);
	world->b = recorded_path(&world->made, 'b', world->map);
	recorded_table(world->map, "mpatha",
		       "0 0 2 1 round-robin 0 1 1 8:0 1 round-robin 0 1 1 8:16 1");
	recorded_forget();
}

static void world_fini(struct world *world)
{
	recorded_fini(&world->made);
}

#define _cleanup_world_ _cleanup_(world_fini)

/* The kernel's table, to be changed, and then taken. */
static struct mp_kernel_map world_kernel(const struct world *world)
{
	struct mp_kernel_map kernel = world->map->map.kernel;

	assert_int_equal(mp_table_copy(&world->map->map.kernel.table, &kernel.table), 0);
	return kernel;
}

static void a_path_that_came_up_has_its_group_enabled_and_causes_a_look(void **state)
{
	static const struct {
		bool came_up, failed, known;
		bool disabled; /* the group of the path */
		unsigned enable;
		bool look;
	} rows[] = {
		{ false, false, false, true, 0, false }, { false, true, true, true, 0, false },
		{ true, false, true, false, 0, true },	 { true, false, true, true, 2, true },
		{ true, false, false, true, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct path_news news = { .came_up = rows[i].came_up, .failed = rows[i].failed };
		struct states_effects effects;

		world_init(&world);
		news.which = rows[i].known ? world.b : NULL;
		if (rows[i].disabled)
			world.map->map.kernel.table.groups[1].state = MP_GROUP_DISABLED;
		assert_int_equal(mp_map_update_groups(&world.map->map), 0);
		effects = states_weigh(world.map, &news);
		if (effects.enable != rows[i].enable || effects.look != rows[i].look)
			fail_msg("row %zu: enable %u, look %d", i, effects.enable, effects.look);
		recorded_expect("");
	}
}

#define NOT_THERE MP_DM_UNDEF
#define A MP_DM_ACTIVE
#define F MP_DM_FAILED

static void a_path_is_compared_with_its_former_state_in_the_kernel(void **state)
{
	enum { WRONG = 1, DISABLED = 2, DOWN = 4, UNMANAGED = 8 };
	static const struct {
		enum mp_dm_state before, now;
		unsigned failures_before, failures_now, facts;
		const char *expected;
	} rows[] = {
		{ A, A, 0, 0, 0, "" },
		{ A, A, 3, 3, 0, "" },
		{ F, F, 3, 3, 0, "" },
		{ A, F, 0, 1, 0, "doubt" },
		{ A, F, 1, 1, 0, "doubt" }, /* by a message */
		{ A, A, 0, 1, 0, "doubt, check" }, /* and reinstated */
		{ F, F, 1, 2, 0, "doubt" },
		{ NOT_THERE, A, 0, 0, 0, "" },
		{ NOT_THERE, A, 0, 1, 0, "doubt, check" },
		{ NOT_THERE, F, 0, 0, 0, "doubt" },
		/* another program reinstated it */
		{ F, A, 1, 1, 0, "" },
		{ F, A, 1, 1, DOWN, "fail again" },
		{ F, A, 1, 1, WRONG, "fail again" },
		{ F, A, 1, 1, DISABLED, "fail again" },
		{ F, A, 1, 1, DOWN | UNMANAGED, "" },
		{ F, A, 1, 2, DOWN, "doubt, check, fail again" },
		{ A, A, 0, 0, DOWN, "" },
		{ NOT_THERE, A, 0, 0, DOWN, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mp_table_path before = { .state = rows[i].before,
						      .failures = rows[i].failures_before },
					   now = { .state = rows[i].now,
						   .failures = rows[i].failures_now };
		_cleanup_world_ struct world world;
		struct states_difference difference;
		char text[64];

		world_init(&world);
		world.a->path.wrong_wwid = rows[i].facts & WRONG;
		world.a->path.checker_disabled = rows[i].facts & DISABLED;
		if (rows[i].facts & DOWN)
			world.a->answered_state = MP_PATH_DOWN;
		if (rows[i].facts & UNMANAGED)
			world.map->kind = made_kinds.geom;
		difference =
			states_compare(world.a, rows[i].before == NOT_THERE ? NULL : &before, &now);
		snprintf(text, sizeof(text), "%s%s%s", difference.doubt ? ", doubt" : "",
			 difference.check ? ", check" : "",
			 difference.fail_again ? ", fail again" : "");
		if (strcmp(*text ? text + 2 : "", rows[i].expected))
			fail_msg("row %zu%s, not \"%s\"", i, text, rows[i].expected);
		recorded_expect("");
	}
}

static void a_path_that_the_kernel_failed_is_down_until_its_next_check(void **state)
{
	enum { WRONG = 1, DISABLED = 2, DOWN = 4, RESTS = 8, WORKS = 16, OUTSIDE = 32 };
	static const struct {
		unsigned facts;
		bool is_new;
		unsigned earliest_sec; /* after its last check, of 3 seconds ago */
	} rows[] = {
		{ 0, true, 1 },	       { RESTS, true, 3 + 5 }, { WORKS, false, 0 },
		{ WRONG, false, 0 },   { DISABLED, false, 0 }, { DOWN, false, 0 },
		{ OUTSIDE, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const unsigned facts = rows[i].facts;
		_cleanup_world_ struct world world;
		struct states_failure failure;

		world_init(&world);
		world.a->path.wrong_wwid = facts & WRONG;
		world.a->path.checker_disabled = facts & DISABLED;
		world.a->path.checked_usec = recorded.now_usec - 3000000;
		if (facts & DOWN)
			world.a->answered_state = MP_PATH_DOWN;
		if (facts & RESTS)
			world.map->kind = made_kinds.geom;
		if (facts & OUTSIDE)
			world.map->map.kernel.table.groups[0].paths[0].devt = makedev(8, 32);
		if (!(facts & WORKS))
			world.map->map.kernel.table.groups[0].paths[0].state = MP_DM_FAILED;
		failure = states_judge_failure(world.a, recorded.now_usec);
		assert_int_equal(failure.is_new, rows[i].is_new);
		if (failure.is_new)
			assert_int_equal(failure.earliest_usec,
					 world.a->path.checked_usec +
						 rows[i].earliest_sec * 1000000);
		recorded_expect("");
	}
}

static void a_failure_in_the_kernel_makes_the_path_down_at_once(void **state)
{
	static const struct {
		unsigned checked_ago_sec;
		const char *asked;
	} rows[] = {
		/* not more often than once a second */
		{ 0, "sda was failed\nsda is due in 1 s\nstates, failed\ngroups, failed\n" },
		{ 4, "sda was failed\ncheck /dev/sda for at most 30 s\nsda is due in 1 s\n"
		     "states, failed\ngroups, failed\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_kernel_map kernel;

		world_init(&world);
		world.a->path.checked_usec = recorded.now_usec - rows[i].checked_ago_sec * 1000000;
		world.a->registered_key = 1;
		kernel = world_kernel(&world);
		kernel.table.groups[0].paths[0].state = MP_DM_FAILED;
		kernel.table.groups[0].paths[0].failures = 1;
		states_take(world.map, &kernel);
		recorded_expect(rows[i].asked);
		assert_int_equal(world.a->path.state, MP_PATH_DOWN);
		assert_int_equal(world.a->answered_state, MP_PATH_DOWN);
		assert_true(world.a->registered_key == 0);
		assert_false(mp_path_is_proven(&world.a->path));
		assert_true(mp_path_is_proven(&world.b->path));
		assert_int_equal(world.map->map.stats.path_faults, 1);
		assert_false(world.map->dirty); /* its table stays */
	}
}

static void a_path_that_came_up_counts_once_the_group_in_use_is_known(void **state)
{
	_cleanup_world_ struct world world;
	struct mp_kernel_map kernel;

	(void)state;
	world_init(&world);
	world.map->map.kernel.table.groups[1].state = MP_GROUP_DISABLED;
	states_changed(world.map, &(struct path_news){ .came_up = true, .which = world.b });
	recorded_expect("message w: enable_group 2\nstates, up: sdb\nlook\n");
	kernel = world_kernel(&world);
	kernel.table.groups[1].state = MP_GROUP_ENABLED;
	states_take(world.map, &kernel);
	recorded_expect("states\ngroups, up: sdb\n");
	kernel = world_kernel(&world);
	states_take(world.map, &kernel);
	recorded_expect("states\ngroups\n");
}

static void changes_of_a_map_that_does_not_exist_have_no_effect(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world);
	world.map->map.kernel.exists = false;
	states_changed(world.map, &(struct path_news){ .came_up = true, .which = world.b });
	recorded_expect("");
}

static void an_owner_without_duties_is_not_called(void **state)
{
	static const struct duties none;
	_cleanup_world_ struct world world;
	struct mp_kernel_map kernel;

	(void)state;
	world_init(&world);
	world.made.inventory.duties = &none;
	world.map->map.kernel.table.groups[0].state = MP_GROUP_ACTIVE;
	states_changed(world.map, &(struct path_news){ .failed = true });
	recorded_expect("");
	kernel = world_kernel(&world);
	kernel.table.groups[0].paths[0].state = MP_DM_FAILED;
	states_take(world.map, &kernel);
	recorded_expect("check /dev/sda for at most 30 s\nsda is due in 1 s\n");
	assert_int_equal(world.a->path.state, MP_PATH_DOWN);
}

static void a_table_that_another_program_changed_is_reconciled(void **state)
{
	enum change { NOTHING, STATUS, MINIO, SELECTOR, RENAMED, WAS_FOREIGN };
	static const struct {
		enum change change;
		bool dirty, named;
	} rows[] = {
		{ NOTHING, false, true }, { STATUS, false, true },  { MINIO, true, true },
		{ SELECTOR, true, true }, { RENAMED, true, false }, { WAS_FOREIGN, true, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct mp_kernel_map kernel;

		world_init(&world);
		kernel = world_kernel(&world);
		switch (rows[i].change) {
		case NOTHING:
			break;
		case STATUS:
			kernel.table.groups[1].paths[0].state = MP_DM_FAILED;
			break;
		case MINIO:
			kernel.table.groups[1].paths[0].minio = 7;
			break;
		case SELECTOR:
			strcpy(kernel.table.groups[0].selector, "other 0");
			break;
		case RENAMED:
			strcpy(kernel.name, "other");
			break;
		case WAS_FOREIGN:
			world.map->map.kernel.other_target = true;
			break;
		}
		states_take_change(world.map, &kernel);
		if (world.map->dirty != rows[i].dirty || world.map->named != rows[i].named)
			fail_msg("row %zu: dirty %d, named %d", i, world.map->dirty,
				 world.map->named);
		if (rows[i].change == RENAMED)
			assert_string_equal(world.map->map.kernel.name, "other");
	}
}

static void a_load_under_way_is_called_off_with_a_path_that_is_lost(void **state)
{
	_cleanup_world_ struct world world;
	struct table_job job = { .wwid = "w" };
	struct mp_kernel_map kernel;

	(void)state;
	world_init(&world);
	assert_int_equal(mp_table_copy(&world.map->map.kernel.table, &job.table), 0);
	world.map->loading = &job;
	kernel = world_kernel(&world);
	kernel.table.groups[0].paths[0].failures = 1;
	states_replace(world.map, &kernel);
	recorded_expect("call off the load of w\n"
			"check /dev/sda for at most 30 s\n"
			"sda is due in 1 s\n");
	world.map->loading = NULL;
	mp_table_fini(&job.table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_that_came_up_has_its_group_enabled_and_causes_a_look),
		cmocka_unit_test(a_path_is_compared_with_its_former_state_in_the_kernel),
		cmocka_unit_test(a_path_that_the_kernel_failed_is_down_until_its_next_check),
		cmocka_unit_test(a_failure_in_the_kernel_makes_the_path_down_at_once),
		cmocka_unit_test(a_path_that_came_up_counts_once_the_group_in_use_is_known),
		cmocka_unit_test(changes_of_a_map_that_does_not_exist_have_no_effect),
		cmocka_unit_test(an_owner_without_duties_is_not_called),
		cmocka_unit_test(a_table_that_another_program_changed_is_reconciled),
		cmocka_unit_test(a_load_under_way_is_called_off_with_a_path_that_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
