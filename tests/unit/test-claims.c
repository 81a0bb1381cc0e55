/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/claims.h"

#include "inventory-made.h"

#define FIND(mode) "defaults {\nfind_multipaths " mode "\n}\n"

static void a_map_is_wanted_by_mode_paths_wwids_file_and_operator(void **state)
{
	static const struct {
		const char *config;
		unsigned paths;
		bool exists, known, forced, allowed; /* known: its WWID is in the file */
	} rows[] = {
		{ FIND("strict"), 2, false, false, false, false },
		{ FIND("strict"), 1, false, true, false, true },
		{ FIND("yes"), 1, false, false, false, false },
		{ FIND("yes"), 2, false, false, false, true },
		{ FIND("yes"), 1, false, true, false, true },
		{ FIND("no"), 1, false, false, false, true },
		{ FIND("greedy"), 1, false, false, false, true },
		{ FIND("smart"), 1, false, false, false, false },
		{ FIND("smart"), 2, false, false, false, true },
		{ FIND("strict"), 1, true, false, false, true }, /* it exists */
		{ FIND("strict"), 1, false, false, true, true }, /* the operator named it */
		{ FIND("greedy") "blacklist {\nwwid w\n}\n", 2, true, true, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_map *map;
		const char *why = NULL;

		made_init(&made, rows[i].config);
		map = made_map(&made, "w");
		for (unsigned n = 0; n < rows[i].paths; n++)
			made_path(&made, 'a' + n, map);
		if (rows[i].exists)
			made_exists(map, "mpatha");
		if (rows[i].known)
			assert_int_equal(mp_wwids_remember(made.inventory.wwids, "w"), 1);
		map->forced = rows[i].forced;
		assert_int_equal(claims_allow(map, &why, NULL), rows[i].allowed);
		assert_true(rows[i].allowed || why);
		assert_int_equal(claims_is_coming(map), rows[i].allowed && !rows[i].exists);
	}
}

static void a_map_that_the_operator_removed_is_not_created_again(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, FIND("greedy"));
	map = made_map(&made, "w");
	assert_false(claims_is_coming(map)); /* it has no path */
	made_path(&made, 'a', map);
	assert_true(claims_is_coming(map));
	map->keep_uncreated = true;
	assert_false(claims_is_coming(map));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_wanted_by_mode_paths_wwids_file_and_operator),
		cmocka_unit_test(a_map_that_the_operator_removed_is_not_created_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
