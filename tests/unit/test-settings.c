/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/settings.h"

#include "inventory-made.h"
#include "multipathd/state/duties.h"

#define FAILS "defaults {\nno_path_retry fail\n}\n"

/* Before its first path is found, it is not known whether its array requires queueing. */
static void the_default_does_not_end_queueing_of_a_map_without_paths(void **state)
{
	static const struct {
		const char *config;
		bool exists, has_path;
		int no_path_retry;
	} rows[] = {
		{ FAILS, false, false, MP_RETRY_FAIL },
		{ FAILS, true, true, MP_RETRY_FAIL },
		{ FAILS, true, false, MP_RETRY_UNSET },
		{ "", true, false, MP_RETRY_UNSET },
		{ "defaults {\nno_path_retry queue\n}\n", true, false, MP_RETRY_QUEUE },
		{ "defaults {\nno_path_retry 5\n}\n", true, false, 5 },
		/* Settings for this map, or for all, apply to every array. */
		{ "multipaths {\nmultipath {\nwwid w\nno_path_retry fail\n}\n}\n", true, false,
		  MP_RETRY_FAIL },
		{ "overrides {\nno_path_retry fail\n}\n", true, false, MP_RETRY_FAIL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_map *map;

		made_init(&made, rows[i].config);
		map = made_map(&made, "w");
		if (rows[i].exists)
			made_exists(map, "mpatha");
		if (rows[i].has_path)
			made_path(&made, 'a', map);
		settings_resolve(map);
		if (map->map.settings.no_path_retry != rows[i].no_path_retry)
			fail_msg("row %zu: %d", i, map->map.settings.no_path_retry);
	}
}

static void the_command_line_sets_the_grouping_policy(void **state)
{
	static const struct {
		const char *config;
		int option;
		enum mp_grouping grouping;
		bool detects;
	} rows[] = {
		{ "defaults {\npath_grouping_policy multibus\n}\n", -1, MP_GROUPING_MULTIBUS,
		  true },
		{ "defaults {\npath_grouping_policy multibus\n}\n", MP_GROUPING_FAILOVER,
		  MP_GROUPING_FAILOVER, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_map *map;

		made_init(&made, rows[i].config);
		made.inventory.options.grouping = rows[i].option;
		map = made_map(&made, "w");
		made_path(&made, 'a', map);
		settings_resolve(map);
		assert_int_equal(map->map.settings.grouping, rows[i].grouping);
		assert_int_equal(map->detect_grouping, rows[i].detects);
	}
}

static void note_settings(struct daemon_map *map)
{
	map->forced = true; /* to be seen here */
}

static void the_owner_is_called_after_new_settings(void **state)
{
	static const struct duties duties = { .on_settings = note_settings };
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "w");
	settings_resolve(map);
	assert_false(map->forced);
	made.inventory.duties = &duties;
	settings_resolve(map);
	assert_true(map->forced);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_default_does_not_end_queueing_of_a_map_without_paths),
		cmocka_unit_test(the_command_line_sets_the_grouping_policy),
		cmocka_unit_test(the_owner_is_called_after_new_settings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
