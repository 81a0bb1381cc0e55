/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include "multipathd/control/geoms.h"
#include "multipathd/state/lanes.h"

/* The table that gmultipath has loaded, as found by a look. */
static void load(const char *table)
{
	recorded_table(asked.map, "mpatha", table);
	geoms_kind.on_table(asked.map);
}

static int geoms_setup(void **state)
{
	asked_setup(state);
	asked.map->kind = &geoms_kind;
	paths_set_wwid(asked.orphan, "x");
	return 0;
}

static void the_paths_of_a_map_are_those_of_its_table(void **state)
{
	(void)state;
	load("1 queue_if_no_path 0 1 1 round-robin 0 2 1 8:0 1 8:32 1");
	assert_ptr_equal(asked.path->path.map, &asked.map->map);
	assert_ptr_equal(asked.orphan->path.map, &asked.map->map);
	assert_true(asked.map->by_table && asked.map->named);
	assert_int_equal(asked.made.inventory.by_table_count, 1);
	load("1 queue_if_no_path 0 1 1 round-robin 0 1 1 8:0 1");
	assert_ptr_equal(asked.path->path.map, &asked.map->map);
	assert_ptr_not_equal(asked.orphan->path.map, &asked.map->map);
	assert_int_equal(asked.made.inventory.by_table_count, 1);
}

static void a_path_that_left_is_in_the_map_of_its_wwid_which_is_not_created(void **state)
{
	const struct mp_map *map;

	(void)state;
	load("1 queue_if_no_path 0 1 1 round-robin 0 2 1 8:0 1 8:32 1");
	asked.orphan->path.checker_disabled = true; /* by hand */
	asked.orphan->geom_wrong_lun = true;
	load("1 queue_if_no_path 0 1 1 round-robin 0 1 1 8:0 1");
	map = asked.orphan->path.map;
	assert_non_null(map);
	assert_string_equal(map->wwid, "x");
	assert_true(daemon_map_of(asked.orphan->path.map)->keep_uncreated);
	assert_false(asked.orphan->path.checker_disabled);
	assert_false(asked.orphan->geom_wrong_lun);
}

static void the_engine_reacts_to_a_map_without_good_path_or_queueing_once_at_a_time(void **state)
{
	static const struct {
		const char *table;
		bool last_failed, reacts;
	} rows[] = {
		{ "1 queue_if_no_path 0 1 1 round-robin 0 2 1 8:0 1 8:16 1", false, false },
		{ "1 queue_if_no_path 0 1 1 round-robin 0 2 1 8:0 1 8:16 1", true, true },
		{ "0 0 1 1 round-robin 0 2 1 8:0 1 8:16 1", false, true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_table *table;

		asked_teardown(state);
		geoms_setup(state);
		asked.made.inventory.options.create = true;
		load(rows[i].table);
		table = &asked.map->map.kernel.table;
		table->groups[0].paths[0].state = MP_DM_FAILED;
		if (rows[i].last_failed)
			table->groups[0].paths[1].state = MP_DM_FAILED;
		recorded_forget();
		geoms_kind.on_states(asked.map, false);
		assert_int_equal(asked.map->reacting, rows[i].reacts);
		assert_int_equal(recorded.work_count > 0, rows[i].reacts);
		geoms_kind.on_states(asked.map, false);
		assert_int_equal(asked.map->react_again, rows[i].reacts);
		asked.map->react_again = false;
		/* failed paths may be asked which LUN they lead to before the engine runs */
		recorded_return_works();
		assert_false(asked.map->reacting);
		if (rows[i].reacts)
			assert_int_equal(recorded.lane, lane_of_table("w"));
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, geoms_setup, asked_teardown)
	const struct CMUnitTest tests[] = {
		TEST(the_paths_of_a_map_are_those_of_its_table),
		TEST(a_path_that_left_is_in_the_map_of_its_wwid_which_is_not_created),
		TEST(the_engine_reacts_to_a_map_without_good_path_or_queueing_once_at_a_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
