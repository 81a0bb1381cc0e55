/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/told.h"

#include <errno.h>

#include "disk-found.h"

static void a_path_to_the_wrong_lun_is_failed_and_rescanned(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	told_wrong_wwid(world.path, "other", "w");
	recorded_expect("message w: fail_path 8:0\n"
			"rescan sda\n");
	assert_true(world.path->path.wrong_wwid);
	assert_false(mp_path_is_proven(&world.path->path));
	assert_string_equal(daemon_path_proof(world.path), "w"); /* news of the event */
	assert_true(world.map->dirty);

	world.path->path.wrong_wwid = false;
	mp_table_fini(&world.map->map.kernel.table);
	told_wrong_wwid(world.path, "other", "w");
	recorded_expect("rescan sda\n"); /* the kernel does not use it */
}

static void what_a_device_reports_chooses_checker_and_prioritizer(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	world.path->path.identity.tpgs = MP_TPGS_IMPLICIT;
	told_kind(world.path, 0, -1);
	assert_string_equal(world.path->path.checker, "tur"); /* nothing new */
	assert_null(world.path->path.prioritizer);
	told_kind(world.path, 1, -1);
	assert_string_equal(world.path->path.checker, "rdac");
	told_kind(world.path, 0, -1);
	assert_string_equal(world.path->path.checker, "tur");
	assert_string_equal(world.path->path.prioritizer, "alua");

	/* It announced ALUA but does not answer for it; reported only the first time. */
	world.path->path.priority = 50;
	told_priority(world.path, -EIO);
	assert_string_equal(world.path->path.prioritizer, "alua");
	world.path->path.priority = MP_PRIORITY_UNDEF;
	told_priority(world.path, -ETIMEDOUT);
	assert_string_equal(world.path->path.prioritizer, "alua");
	told_priority(world.path, -EIO);
	assert_string_equal(world.path->path.prioritizer, "const");
	assert_true(world.path->no_alua);
	recorded_expect("");
}

static void a_name_that_a_device_reports_is_stored_once(void **state)
{
	_cleanup_world_ struct world world;

	(void)state;
	world_init(&world, "");
	world.path->told_wwid = false;
	told_proof(world.path, "w");
	assert_null(world.path->proof);
	assert_string_equal(daemon_path_proof(world.path), "w");
	told_proof(world.path, "t10");
	assert_string_equal(daemon_path_proof(world.path), "t10");
}

static void
a_wwid_from_the_device_itself_gives_a_path_its_map_unless_it_is_blacklisted(void **state)
{
	static const struct {
		const char *config;
		const char *map; /* NULL: it is dropped */
	} rows[] = {
		{ "", "3600a" },
		{ "blacklist {\nwwid 3600a\n}\n", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_world_ struct world world;
		struct daemon_path *path;

		world_init(&world, rows[i].config);
		path = recorded_path(&world.made, 'c', NULL);
		path->path.init = MP_INIT_FAILED;
		told_wwid(path, "3600a");
		path = paths_find_name(&world.made.inventory, "sdc");
		assert_int_equal(path != NULL, rows[i].map != NULL);
		if (path)
			assert_string_equal(path->path.map->wwid, rows[i].map);
	}
}

static void a_disconnected_path_is_deleted_once_if_that_is_configured(void **state)
{
	(void)state;
	for (int purge = 0; purge < 2; purge++) {
		_cleanup_world_ struct world world;

		world_init(&world, "");
		world.map->map.settings.purge_disconnected = purge;
		told_disconnected(world.path);
		told_disconnected(world.path);
		recorded_expect(purge ? "delete sda\n" : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_to_the_wrong_lun_is_failed_and_rescanned),
		cmocka_unit_test(what_a_device_reports_chooses_checker_and_prioritizer),
		cmocka_unit_test(a_name_that_a_device_reports_is_stored_once),
		cmocka_unit_test(
			a_wwid_from_the_device_itself_gives_a_path_its_map_unless_it_is_blacklisted),
		cmocka_unit_test(a_disconnected_path_is_deleted_once_if_that_is_configured),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
