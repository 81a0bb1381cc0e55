/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands-asked.h"

#include "multipathd/control/geom_verbs.h"
#include "multipathd/state/lanes.h"

static void verbs_run_in_the_lane_of_what_they_change(void **state)
{
	static const struct {
		const char *text, *map; /* NULL: the lane is one for all maps */
		unsigned lane;
		bool exclusive;
	} rows[] = {
		{ "@geom status", NULL, LANE_GEOM_LISTS, false },
		{ "@geom list x", NULL, LANE_GEOM_LISTS, false },
		{ "@geom create x", NULL, LANE_GEOMS, true },
		{ "@geom fail mpatha sdy", "w", 0, true },
		{ "@geom fail mpathz sdy", NULL, LANE_GEOMS, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		recorded.work = NULL;
		ask(rows[i].text, "work\n");
		assert_int_equal(recorded.work->lane,
				 rows[i].map ? lane_of_table(rows[i].map) : rows[i].lane);
		assert_int_equal(recorded.work->exclusive, rows[i].exclusive);
		recorded_return_works();
		recorded_drop_looks();
		recorded_forget();
	}
}

static void a_verb_that_fails_is_answered_and_lets_its_paths_go(void **state)
{
	struct daemon_map *map = made_map(&asked.made, "x");

	(void)state;
	mp_map_add_path(&map->map, &asked.orphan->path);
	ask("@geom create nosuch sdc", "work\n");
	assert_true(map->keep_uncreated);
	recorded_return_works();
	assert_false(map->keep_uncreated);
	/* the client's next request must see the result */
	recorded_expect("work\n"
			"look, and wait\n");
	assert_int_equal(recorded.lane, LANE_GEOM_NOTES); /* what is noted of it, too */
	recorded_drop_looks();
}

static void commands_on_paths_of_gmultipath_are_its_verbs(void **state)
{
	static const char *const texts[] = { "fail path sda", "reinstate path sda" };

	(void)state;
	asked.map->kind = made_kinds.geom;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		ask(texts[i], "work\n");
		recorded_return_works();
		recorded_drop_looks();
		recorded_forget();
	}
	assert_false(asked.path->path.checker_disabled);
}

static void what_is_not_a_verb_is_not_served(void **state)
{
	(void)state;
	assert_false(geom_verbs_serve(&asked.made.daemon, 7, "geom status"));
	assert_false(geom_verbs_serve(&asked.made.daemon, 7, "@geometry"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ASKED_TEST(verbs_run_in_the_lane_of_what_they_change),
		ASKED_TEST(a_verb_that_fails_is_answered_and_lets_its_paths_go),
		ASKED_TEST(commands_on_paths_of_gmultipath_are_its_verbs),
		ASKED_TEST(what_is_not_a_verb_is_not_served),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
