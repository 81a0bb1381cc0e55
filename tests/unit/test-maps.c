/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include <stdlib.h>

#include "base/cleanup.h"

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

static void a_renamed_map_is_found_by_its_new_name_only(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	assert_ptr_equal(maps_find_name(&made.inventory, "3600a"), map); /* without a name */
	maps_rename(map, "mpatha");
	assert_null(maps_find_name(&made.inventory, "3600a"));
	assert_ptr_equal(maps_find_name(&made.inventory, "mpatha"), map);
	assert_ptr_equal(maps_find_wwid(&made.inventory, "3600a"), map);
	assert_string_equal(map->map.name, "mpatha");
}

static void a_device_is_held_by_the_other_map_whose_table_has_it(void **state)
{
	static const char *const tables[] = { "0 0 1 1 round-robin 0 1 1 8:0 1",
					      "0 0 1 1 round-robin 0 2 1 8:16 1 8:32 1" };
	const dev_t sda = makedev(8, 0), sdb = makedev(8, 16), sdc = makedev(8, 32);
	_cleanup_made_ struct made made;
	struct daemon_map *maps[2];
	struct daemon_path *path;

	(void)state;
	made_init(&made, "");
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		maps[i] = made_map(&made, i ? "3600b" : "3600a");
		made_exists(maps[i], i ? "mpathb" : "mpatha");
		assert_int_equal(mp_table_parse(tables[i], &maps[i]->map.kernel.table), 0);
	}
	made_path(&made, 'a', maps[0]);
	path = made_path(&made, 'b', maps[1]);
	/* Only sdc is a stranger: it is in a table, and no path of that map. */
	assert_null(maps_find_holder(&made.inventory, NULL, makedev(8, 48)));
	assert_ptr_equal(maps_find_holder(&made.inventory, NULL, sdc), &maps[1]->map);
	assert_ptr_equal(maps_find_holder(&made.inventory, &maps[0]->map, sdc), &maps[1]->map);
	assert_null(maps_find_holder(&made.inventory, &maps[1]->map, sdc));
	assert_null(maps_find_holder(&made.inventory, &maps[0]->map, sda));
	/* A path that leaves is a stranger to its former map. */
	paths_free(path);
	assert_ptr_equal(maps_find_holder(&made.inventory, &maps[0]->map, sdb), &maps[1]->map);
	/* A map that is freed holds nothing. */
	maps_free(maps[1]);
	assert_null(maps_find_holder(&made.inventory, &maps[0]->map, sdc));
}

static void a_freed_map_leaves_its_paths_as_orphans(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_path *path;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	path = made_path(&made, 'a', map);
	assert_int_equal(made.inventory.map_count, 1);
	maps_free(map);
	assert_int_equal(made.inventory.map_count, 0);
	assert_null(path->path.map);
	assert_null(maps_find_wwid(&made.inventory, "3600a"));
	assert_true(cds_list_empty(&made.inventory.maps));
}

static void requests_wait_for_a_map_in_order(void **state)
{
	_cleanup_made_ struct made made;
	struct waiter *waiter, *next;
	struct daemon_map *map;
	uint64_t expected = 7;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	assert_int_equal(maps_wait(map, 7, true), 0);
	assert_int_equal(maps_wait(map, 8, false), 0);
	cds_list_for_each_entry_safe(waiter, next, &map->waiters, in_waiters) {
		assert_int_equal(waiter->request, expected);
		assert_int_equal(waiter->without_map, expected == 7);
		expected++;
		free(waiter);
	}
	assert_int_equal(expected, 9);
}

static void an_inventory_without_queueing_creates_maps_without(void **state)
{
	(void)state;
	for (int off = 0; off < 2; off++) {
		_cleanup_made_ struct made made;

		made_init(&made, "");
		made.inventory.options.no_queueing = off;
		assert_int_equal(made_map(&made, "3600a")->map.queueing.disabled, off);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_in_the_kernel_are_found_by_name_wwid_and_node),
		cmocka_unit_test(a_map_is_marked_once_and_each_mark_is_logged),
		cmocka_unit_test(the_identity_of_the_last_path_is_remembered),
		cmocka_unit_test(a_map_of_a_gmultipath_wwid_has_that_kind_and_takes_paths_by_table),
		cmocka_unit_test(a_renamed_map_is_found_by_its_new_name_only),
		cmocka_unit_test(a_device_is_held_by_the_other_map_whose_table_has_it),
		cmocka_unit_test(a_freed_map_leaves_its_paths_as_orphans),
		cmocka_unit_test(requests_wait_for_a_map_in_order),
		cmocka_unit_test(an_inventory_without_queueing_creates_maps_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
