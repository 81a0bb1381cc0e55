/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include <stdlib.h>

#include "multipathd/commands/shown.h"

static void all_paths_are_shown_and_the_maps_that_exist(void **state)
{
	_cleanup_made_ struct made made;
	const struct daemon_map *map;
	const struct mp_path **paths;
	const struct mp_map **maps;
	size_t count;

	(void)state;
	made_init(&made, "");
	made_map(&made, "wwid-a");
	map = made_map(&made, "wwid-b");
	made_exists((struct daemon_map *)map, "mpathb");
	made_path(&made, 'a', NULL);
	made_path(&made, 'b', (struct daemon_map *)map);

	paths = shown_paths(&made.inventory, &count);
	assert_int_equal(count, 2);
	assert_string_equal(mp_path_name(paths[0]), "sda");
	assert_string_equal(mp_path_name(paths[1]), "sdb");
	free(paths);
	maps = shown_maps(&made.inventory, &count);
	assert_int_equal(count, 1);
	assert_ptr_equal(maps[0], &map->map);
	free(maps);
}

static void foreign_maps_are_shown_if_the_configuration_or_the_caller_says_so(void **state)
{
	static const struct {
		const char *config;
		bool asked, shown;
	} cases[] = {
		{ "", false, false },
		{ "", true, true },
		{ "defaults {\nenable_foreign \"nvme\"\n}\n", false, true },
		{ "defaults {\nenable_foreign \"NONE\"\n}\n", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		_cleanup_made_ struct made made;

		made_init(&made, cases[i].config);
		made.inventory.options.all_foreign = cases[i].asked;
		assert_int_equal(shown_has_foreign(&made.inventory), cases[i].shown);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_paths_are_shown_and_the_maps_that_exist),
		cmocka_unit_test(foreign_maps_are_shown_if_the_configuration_or_the_caller_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
