/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/explain.h"

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "commands-asked.h"
#include "multipathd/control/settings.h"

#define FIND_GREEDY "defaults {\nfind_multipaths greedy\n}\n"

/* Any user may ask, and the answer must not affect what the daemon does next. */
static void explaining_a_map_changes_nothing(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	const struct request request = { .id = 7, .is_root = true };
	struct inventory *inventory = &asked.made.inventory;
	struct daemon_map *map;
	unsigned marks;

	asked_setup_with(FIND_GREEDY);
	map = made_map(&asked.made, "x"); /* of sda, which mpatha has */
	mp_map_add_path(&map->map, &asked.path->path);
	asked.path->path.identity.size_sectors = 2048;
	settings_resolve(map);
	marks = asked.made.marks;
	assert_int_equal(explain_request(&asked.made.daemon, "x", false, &request, &out), 0);
	assert_non_null(strstr(mp_strbuf_text(&out), "not created: another map has its paths"));
	recorded_expect("");
	assert_int_equal(asked.made.marks, marks);
	assert_false(asked.path->elsewhere || inventory->has_elsewhere);
	asked_teardown(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explaining_a_map_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
