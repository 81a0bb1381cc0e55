/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "sysfs-recorded.h"

#include <errno.h>

#include "multipathd/jobs/rescans.h"

static struct daemon_path path;

static int setup(void **state)
{
	static char dir[] = "devices/sda";

	strcpy(dir, "devices/sda");
	sysfs_path_init(&path, dir);
	return sysfs_setup(state);
}

static void a_rescan_is_followed_by_an_event(void **state)
{
	(void)state;
	rescans_start(&path);
	assert_true(submitted.works[0]->lane == lane_of_path(&path.path.identity));
	path.dir[0] = '\0'; /* the path may be gone by now */
	submitted_run();
	sysfs_expect("devices/sda/device/rescan: 1\ndevices/sda: change\n");
}

static void a_deletion_is_the_only_write(void **state)
{
	(void)state;
	rescans_delete(&path);
	assert_true(submitted.works[0]->lane == lane_of_path(&path.path.identity));
	sysfs.error = -ENOENT; /* it is gone already */
	submitted_run();
	sysfs_expect("devices/sda/device/delete: 1\n");
}

static void nothing_is_written_if_the_pool_ends_before(void **state)
{
	(void)state;
	rescans_start(&path);
	submitted_skip();
	rescans_delete(&path);
	submitted_skip();
	sysfs_expect("");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_rescan_is_followed_by_an_event, setup,
						sysfs_teardown),
		cmocka_unit_test_setup_teardown(a_deletion_is_the_only_write, setup,
						sysfs_teardown),
		cmocka_unit_test_setup_teardown(nothing_is_written_if_the_pool_ends_before, setup,
						sysfs_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
