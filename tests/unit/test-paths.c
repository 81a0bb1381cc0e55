/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"

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

static void an_id_is_never_used_again(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_path *path;
	uint64_t id;

	(void)state;
	made_init(&made, "");
	path = made_path(&made, 'a', NULL);
	id = path->path.id;
	paths_free(path);
	path = made_path(&made, 'a', NULL);
	assert_true(path->path.id != id);
	assert_null(paths_find_id(&made.inventory, id));
	assert_ptr_equal(paths_find_devt(&made.inventory, makedev(8, 0)), path);
}

static void a_node_in_a_directory_is_found_by_its_kernel_name(void **state)
{
	struct mp_identity identity = { .name = "cciss!c0d0", .devt = makedev(104, 0) };
	_cleanup_made_ struct made made;
	struct daemon_path *path;

	(void)state;
	made_init(&made, "");
	mp_path_identity_forget_texts(&identity);
	assert_int_equal(paths_new(&made.inventory, &identity, "", &path), 0);
	assert_ptr_equal(paths_find(&made.inventory, "/dev/cciss/c0d0"), path);
	assert_ptr_equal(paths_find(&made.inventory, "cciss!c0d0"), path);
	assert_null(paths_find(&made.inventory, "c0d0"));
}

static void a_path_that_is_freed_leaves_its_map_and_the_set(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_path *path;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	path = made_path(&made, 'a', map);
	assert_int_equal(made.inventory.path_count, 1);
	paths_free(path);
	assert_int_equal(made.inventory.path_count, 0);
	assert_false(maps_has_paths(map));
	assert_null(paths_find_devt(&made.inventory, makedev(8, 0)));
	assert_true(cds_list_empty(&made.inventory.paths));
}

static void values_for_listings_complete_an_identity_and_replace_no_serial(void **state)
{
	static const struct {
		const char *serial;
		unsigned max_sectors_kb;
		const char *then_serial;
		unsigned then_max_sectors_kb;
	} steps[] = {
		{ NULL, 512, "", 512 },
		{ "S1", 0, "S1", 512 },
		{ "S2", 1024, "S1", 1024 },
	};
	_cleanup_made_ struct made made;
	struct daemon_path *path;

	(void)state;
	made_init(&made, "");
	path = made_path(&made, 'a', NULL);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		paths_told_listed(path, steps[i].serial, steps[i].max_sectors_kb);
		assert_string_equal(path->path.identity.serial, steps[i].then_serial);
		assert_int_equal(path->path.identity.max_sectors_kb, steps[i].then_max_sectors_kb);
	}
}

static void an_orphan_is_found_by_the_wwid_that_it_has_now(void **state)
{
	_cleanup_made_ struct made made;
	struct daemon_path *path, *other;
	struct mp_identity identity;
	struct daemon_map *map;

	(void)state;
	made_init(&made, "");
	map = made_map(&made, "3600a");
	path = made_path(&made, 'a', map);
	other = made_path(&made, 'b', map);
	made_path(&made, 'c', NULL);
	assert_null(paths_find_orphan(&made.inventory, "3600a"));
	assert_null(paths_find_orphan(&made.inventory, ""));
	maps_free(map);
	other->path.init = MP_INIT_MISSING_UDEV;
	assert_ptr_equal(paths_find_orphan(&made.inventory, "3600a"), path);

	paths_set_wwid(path, "3600b");
	assert_null(paths_find_orphan(&made.inventory, "3600a"));
	assert_ptr_equal(paths_find_orphan(&made.inventory, "3600b"), path);
	identity = path->path.identity;
	strcpy(identity.wwid, "3600c");
	assert_int_equal(paths_set_identity(path, &identity), 0);
	assert_null(paths_find_orphan(&made.inventory, "3600b"));
	assert_ptr_equal(paths_find_orphan(&made.inventory, "3600c"), path);
	paths_free(path);
	assert_null(paths_find_orphan(&made.inventory, "3600c"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(paths_are_found_by_each_name_that_commands_accept),
		cmocka_unit_test(an_id_is_never_used_again),
		cmocka_unit_test(a_node_in_a_directory_is_found_by_its_kernel_name),
		cmocka_unit_test(a_path_that_is_freed_leaves_its_map_and_the_set),
		cmocka_unit_test(values_for_listings_complete_an_identity_and_replace_no_serial),
		cmocka_unit_test(an_orphan_is_found_by_the_wwid_that_it_has_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
