/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "inventory-made.h"

#include "base/cleanup.h"
#include "kernel/dm_list.h"

static void an_inventory_begins_empty_and_calls_nothing(void **state)
{
	const struct inventory_options options = { .create = true, .grouping = -1 };
	struct inventory inventory;

	(void)state;
	assert_int_equal(inventory_init(&inventory, &options, &made_kinds, NULL), 0);
	assert_true(inventory.options.create);
	assert_int_equal(inventory.path_count + inventory.map_count, 0);
	assert_null(maps_find(&inventory, "mpatha"));
	assert_null(paths_find(&inventory, "sda"));
	inventory_wake(&inventory); /* without a listener */
	inventory_fini(&inventory);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_inventory_begins_empty_and_calls_nothing),
		cmocka_unit_test(
			a_name_is_taken_by_another_map_or_device_but_not_by_a_half_made_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
