/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "kernel/dm_list.h"

static void paths_are_found_by_each_name_that_commands_accept(void **state)
{
	static const char *const found[] = { "sdb", "/dev/sdb", "8:16", "/dev/8:16" };
	static const char *const lost[] = { "", "sd", "sdbb", "8:17", "8:16x", "/dev/", "b" };
	_cleanup_made_ struct made made;
	struct daemon_path *path;

	(void)state;
	made_init(&made, "");
	made_path(&made, 'a', NULL);
	path = made_path(&made, 'b', NULL);
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		assert_ptr_equal(paths_find(&made.inventory, found[i]), path);
	for (size_t i = 0; i < ARRAY_SIZE(lost); i++)
		assert_null(paths_find(&made.inventory, lost[i]));
	assert_ptr_equal(paths_find_id(&made.inventory, path->path.id), path);
	paths_free(path);
	assert_null(paths_find(&made.inventory, "sdb"));
	assert_int_equal(made.inventory.path_count, 1);
}

static void maps_in_the_kernel_are_found_by_name_wwid_and_node(void **state)
{
	static const char *const found[] = { "mpatha", "/dev/mapper/mpatha", "3600a", "dm-7",
					     "/dev/dm-7" };
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "multipaths {\nmultipath {\nwwid 3600b\nalias data\n}\n}\n");
	map = made_map(&made, "3600a");
	assert_null(maps_find(&made.inventory, "3600a"));
	assert_ptr_equal(maps_find_known(&made.inventory, "3600a"), map);
	made_exists(map, "mpatha");
	map->map.kernel.minor = 7;
	for (size_t i = 0; i < ARRAY_SIZE(found); i++)
		assert_ptr_equal(maps_find(&made.inventory, found[i]), map);
	assert_null(maps_find(&made.inventory, "dm-8"));
	assert_null(maps_find_known(&made.inventory, "data"));
	map = made_map(&made, "3600b");
	assert_ptr_equal(maps_find_known(&made.inventory, "data"), map);
	assert_null(maps_find(&made.inventory, "data"));
}

static void a_map_is_marked_once_and_each_mark_is_logged(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	assert_true(cds_list_empty(&made.inventory.dirty));
	maps_touch(map, "one reason");
	maps_touch(map, "another");
	assert_true(map->dirty);
	assert_int_equal(made.marks, 2);
	assert_ptr_equal(made.inventory.dirty.next, &map->in_dirty);
	assert_ptr_equal(map->in_dirty.next, &made.inventory.dirty);
	maps_free(map);
	assert_true(cds_list_empty(&made.inventory.dirty));
}

static void the_identity_of_the_last_path_is_remembered(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_path *a, *b;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	assert_null(maps_reference(map));
	a = made_path(&made, 'a', map);
	b = made_path(&made, 'b', map);
	a->path.state = MP_PATH_DOWN;
	assert_string_equal(maps_reference(map)->name, "sdb"); /* the one that is up */
	b->path.state = MP_PATH_DOWN;
	assert_string_equal(maps_reference(map)->name, "sda");
	paths_free(a);
	paths_free(b);
	assert_string_equal(maps_reference(map)->name, "sdb");
	assert_true(cds_list_empty(&map->map.paths));
}

static void a_name_is_taken_by_another_map_or_device_but_not_by_a_half_made_one(void **state)
{
	static char names[][8] = { "root", "mine", "half" },
		    uuids[][16] = { "LVM-x", "mpath-3600a", "LVM-y" };
	struct mp_dm_listed listed[] = {
		{ .name = names[0], .uuid = uuids[0] },
		{ .name = names[1], .uuid = uuids[1] },
		{ .name = names[2], .uuid = uuids[2], .half_made = true },
	};
	_cleanup_made_ struct made made;

	(void)state;
	made_init(&made, "");
	made_exists(made_map(&made, "3600a"), "mpatha");
	made_map(&made, "3600b");
	made.inventory.listed = listed;
	made.inventory.listed_count = ARRAY_SIZE(listed);
	assert_false(maps_is_taken(&made.inventory, "mpatha", "3600a"));
	assert_true(maps_is_taken(&made.inventory, "mpatha", "3600b"));
	assert_true(maps_is_taken(&made.inventory, "root", "3600a"));
	assert_false(maps_is_taken(&made.inventory, "mine", "3600a"));
	assert_true(maps_is_taken(&made.inventory, "mine", "3600b"));
	assert_false(maps_is_taken(&made.inventory, "half", "3600a"));
	assert_false(maps_is_taken(&made.inventory, "3600b", "3600a")); /* it does not exist */
	assert_false(maps_is_taken(&made.inventory, "free", "3600a"));
}

static void a_map_of_a_gmultipath_wwid_has_that_kind_and_takes_paths_by_table(void **state)
{
	_cleanup_made_ struct made made;
	const dev_t devt = makedev(8, 0);
	struct daemon_map *maps[2];

	(void)state;
	made_init(&made, "");
	maps[0] = made_map(&made, "3600a");
	maps[1] = made_map(&made, "GEOM-d3cd8ba2");
	assert_ptr_equal(maps[0]->kind, &reconcile_kind);
	assert_ptr_equal(maps[1]->kind, &geoms_kind);
	assert_true(maps[0]->kind->managed);
	assert_false(maps[1]->kind->managed);

	/* Both tables have the device. */
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		made_exists(maps[i], i ? "geom" : "mpatha");
		assert_int_equal(mp_table_parse("0 0 1 1 round-robin 0 1 1 8:0 1",
						&maps[i]->map.kernel.table),
				 0);
	}
	maps[1]->by_table = true;
	made.inventory.by_table_count++;
	assert_ptr_equal(maps_find_by_table(&made.inventory, devt), maps[1]);
	assert_null(maps_find_by_table(&made.inventory, makedev(8, 16)));
	maps[1]->map.kernel.exists = false;
	assert_null(maps_find_by_table(&made.inventory, devt));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_found_by_each_name_that_commands_accept),
		cmocka_unit_test(maps_in_the_kernel_are_found_by_name_wwid_and_node),
		cmocka_unit_test(a_map_is_marked_once_and_each_mark_is_logged),
		cmocka_unit_test(the_identity_of_the_last_path_is_remembered),
		cmocka_unit_test(a_map_of_a_gmultipath_wwid_has_that_kind_and_takes_paths_by_table),
		cmocka_unit_test(
			a_name_is_taken_by_another_map_or_device_but_not_by_a_half_made_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
