/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/loads.h"

#include "jobs-recorded.h"

enum { UNPROVEN = 1 << 0, GONE = 1 << 1, IN_ANOTHER_MAP = 1 << 2, NOT_LOADING = 1 << 3 };

/* The load of a table with sda is in progress; the map also has sdb. */
static void a_load_is_canceled_when_a_path_of_its_table_cannot_be_trusted(void **state)
{
	static const struct {
		unsigned facts;
		bool of_other; /* the facts are those of sdb, which is not in the table */
		bool called_off;
	} rows[] = {
		{ 0, false, false },
		{ UNPROVEN, false, true },
		{ GONE, false, true },
		{ IN_ANOTHER_MAP, false, true },
		{ UNPROVEN, true, false },
		{ GONE, true, false },
		{ UNPROVEN | NOT_LOADING, false, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct table_job job = { .wwid = "w" };
		_cleanup_recorded_ struct made made;
		struct daemon_path *paths[2], *path;
		struct daemon_map *map;

		recorded_init(&made, "");
		map = made_map(&made, "w");
		paths[0] = recorded_path(&made, 'a', map);
		paths[1] = recorded_path(&made, 'b', map);
		path = paths[rows[i].of_other];
		assert_int_equal(mp_table_parse("0 0 1 1 round-robin 0 1 1 8:0 1", &job.table), 0);
		map->loading = rows[i].facts & NOT_LOADING ? NULL : &job;
		if (rows[i].facts & UNPROVEN)
			mp_path_doubt(&path->path);
		if (rows[i].facts & IN_ANOTHER_MAP)
			mp_map_add_path(&made_map(&made, "x")->map, &path->path);
		if (rows[i].facts & GONE)
			paths_free(path);
		loads_check(map);
		recorded_expect(rows[i].called_off ? "call off the load of w\n" : "");
		assert_int_equal(job.called_off, rows[i].called_off);
		mp_table_fini(&job.table);
	}
}

static void a_doubt_cancels_a_load_that_relies_on_the_path(void **state)
{
	struct table_job job = { .wwid = "w" };
	_cleanup_recorded_ struct made made;
	struct daemon_path *path, *orphan;
	struct daemon_map *map;

	(void)state;
	recorded_init(&made, "");
	map = made_map(&made, "w");
	path = recorded_path(&made, 'a', map);
	orphan = recorded_path(&made, 'b', NULL);
	assert_int_equal(mp_table_parse("0 0 1 1 round-robin 0 1 1 8:0 1", &job.table), 0);
	map->loading = &job;
	loads_doubt(orphan);
	recorded_expect("");
	loads_doubt(path);
	recorded_expect("call off the load of w\n");
	assert_false(mp_path_is_proven(&path->path) || mp_path_is_proven(&orphan->path));
	mp_table_fini(&job.table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_load_is_canceled_when_a_path_of_its_table_cannot_be_trusted),
		cmocka_unit_test(a_doubt_cancels_a_load_that_relies_on_the_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
