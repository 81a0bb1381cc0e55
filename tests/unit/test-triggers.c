/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sysfs-recorded.h"

#include <errno.h>

#include "multipathd/jobs/triggers.h"

static void a_trigger_is_copied_and_written_in_the_lane_of_uevents(void **state)
{
	char dir[] = "devices/sda", action[] = "change";

	(void)state;
	triggers_start(&daemon_of_tests, dir, action);
	assert_true(submitted.works[0]->lane == LANE_UEVENTS);
	assert_true(submitted.works[0]->exclusive); /* in order */
	dir[0] = action[0] = '\0';
	sysfs.error = -ENODEV; /* it is gone, which is no news */
	submitted_run();
	sysfs_expect("devices/sda: change\n");
}

static void a_path_is_claimed_once_unless_udev_waits_for_a_sibling(void **state)
{
	static const struct {
		bool claimed, wait_may_run;
		const char *expected;
	} rows[] = {
		{ false, false, "devices/sda: change\n" },
		{ true, false, "" },
		{ true, true, "devices/sda: change\n" }, /* the event ends the wait */
	};
	char dir[] = "devices/sda";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct daemon_path path;

		sysfs_path_init(&path, dir);
		path.path.identity.claimed = rows[i].claimed;
		path.path.identity.wait_may_run = rows[i].wait_may_run;
		triggers_claim(&path);
		triggers_claim(&path);
		assert_true(submitted.count <= 1);
		while (submitted.count)
			submitted_run();
		sysfs_expect(rows[i].expected);
		assert_true(path.path.identity.claimed);
		assert_int_equal(path.claim_asked, *rows[i].expected != '\0');
	}
}

static void a_map_releases_the_paths_that_were_claimed(void **state)
{
	char dirs[2][16] = { "devices/sda", "devices/sdb" };
	struct daemon_path paths[2];
	struct daemon_map map = { .inventory = &daemon_of_tests.inventory };

	(void)state;
	CDS_INIT_LIST_HEAD(&map.map.paths);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		sysfs_path_init(&paths[i], dirs[i]);
		cds_list_add_tail(&paths[i].path.in_map, &map.map.paths);
	}
	paths[1].path.identity.claimed = true;
	triggers_release(&map);
	triggers_release(&map);
	while (submitted.count)
		submitted_run();
	sysfs_expect("devices/sdb: add\n");
	assert_false(paths[1].path.identity.claimed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_trigger_is_copied_and_written_in_the_lane_of_uevents, sysfs_setup,
			sysfs_teardown),
		cmocka_unit_test_setup_teardown(
			a_path_is_claimed_once_unless_udev_waits_for_a_sibling, sysfs_setup,
			sysfs_teardown),
		cmocka_unit_test_setup_teardown(a_map_releases_the_paths_that_were_claimed,
						sysfs_setup, sysfs_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
