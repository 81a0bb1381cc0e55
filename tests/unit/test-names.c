/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/names.h"

#include "inventory-made.h"
#include "multipathd/control/settings.h"

#define FRIENDLY "defaults {\nuser_friendly_names yes\n}\n"
#define ALIAS "multipaths {\nmultipath {\nwwid w\nalias data\n}\n}\n"

static void bind(struct made *made, const char *alias, const char *wwid)
{
	char line[200];

	snprintf(line, sizeof(line), "%s %s\n", alias, wwid);
	assert_true(mp_bindings_parse(made->inventory.bindings, "bindings", line, strlen(line),
				      NULL, NULL, NULL) >= 0);
}

static void a_map_is_named_by_configuration_bindings_and_kernel(void **state)
{
	static const struct {
		const char *config;
		const char *bound, *to; /* in the bindings; NULL: nothing is */
		const char *exists; /* name in the kernel, NULL: it does not exist */
		const char *name;
		int result; /* 0: its binding must be written first */
	} rows[] = {
		{ "", NULL, NULL, NULL, "w", 1 },
		{ FRIENDLY, NULL, NULL, NULL, "mpatha", 0 },
		{ FRIENDLY, "mpathc", "w", NULL, "mpathc", 1 },
		{ FRIENDLY, "mpatha", "other", NULL, "mpathb", 0 },
		{ FRIENDLY ALIAS, "mpathc", "w", NULL, "data", 1 },
		{ ALIAS, NULL, NULL, "mpathq", "data", 1 },
		/* An existing map keeps its name, regardless of the bindings. */
		{ FRIENDLY, "mpathc", "w", "mpathq", "mpathq",
		  0 }, /* which is added to the bindings */
		{ FRIENDLY, "mpathq", "other", "mpathq", "mpathq", 1 },
		{ FRIENDLY, NULL, NULL, "mpathq", "mpathq", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_made_ struct made made;
		struct daemon_map *map;

		made_init(&made, rows[i].config);
		if (rows[i].bound)
			bind(&made, rows[i].bound, rows[i].to);
		map = made_map(&made, "w");
		if (rows[i].exists)
			made_exists(map, rows[i].exists);
		settings_resolve(map);
		assert_int_equal(names_choose(map), rows[i].result);
		assert_string_equal(map->map.name, rows[i].name);
		assert_true(map->named);
		assert_int_equal(map->naming, rows[i].result == 0);
		assert_int_equal(made.inventory.bindings_dirty, rows[i].result == 0);
	}
}

static void a_name_that_another_map_has_is_waited_for(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map, *other;

	(void)state;
	made_init(&made, ALIAS);
	other = made_map(&made, "other");
	made_exists(other, "data");
	map = made_map(&made, "w");
	settings_resolve(map);
	assert_int_equal(names_choose(map), 1);
	assert_false(map->named);
	assert_true(map->name_told);
	assert_string_equal(map->map.name, "w");
	made_exists(other, "elsewhere");
	assert_int_equal(names_choose(map), 1);
	assert_true(map->named);
	assert_string_equal(map->map.name, "data");
}

static void bindings_that_contradict_a_map_are_reported(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map;
	const char *other;

	(void)state;
	made_init(&made, FRIENDLY);
	map = made_map(&made, "w");
	made_exists(map, "mpathq");
	settings_resolve(map);
	assert_null(names_contradiction(map, &other));
	bind(&made, "mpathc", "w");
	assert_string_equal(names_contradiction(map, &other), "names it");
	assert_string_equal(other, "mpathc");
	bind(&made, "mpathq", "x");
	assert_string_equal(names_contradiction(map, &other), "gives that name to");
	assert_string_equal(other, "x");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_map_is_named_by_configuration_bindings_and_kernel),
		cmocka_unit_test(a_name_that_another_map_has_is_waited_for),
		cmocka_unit_test(bindings_that_contradict_a_map_are_reported),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
