/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "kernel/mounts.h"

static void a_mount_is_found_by_device_number_or_by_a_source_from_the_kernel(void **state)
{
	static const struct {
		const char *text;
		bool mounted;
	} rows[] = {
		{ "22 1 8:16 / / rw,relatime shared:1 - ext4 /dev/sdb rw\n", true },
		{ "22 1 8:17 / / rw,relatime shared:1 - ext4 /dev/sdb1 rw\n", false },
		{ "22 1 18:16 / / rw - ext4 /dev/x rw\n22 1 8:161 / / rw - ext4 /dev/y rw\n",
		  false },
		{ "22 1 0:40 / /mnt rw - btrfs /dev/sdb rw\n", true },
		{ "22 1 0:40 / /mnt rw shared:3 master:1 - btrfs /dev/sdb rw,subvol=/\n", true },
		{ "22 1 0:40 / /mnt rw - btrfs /dev/sdbc rw\n", false },
		{ "22 1 0:40 / /mnt rw - bcachefs /dev/sda:/dev/sdb:/dev/sdc rw\n", true },
		{ "22 1 0:40 / /mnt rw - bcachefs /dev/sda:/dev/sdbb rw\n", false },
		{ "22 1 0:40 / /mnt rw - btrfs /dev/sdb\\040(deleted) rw\n", true },
		{ "22 1 0:40 / /mnt rw - btrfs /dev/\\163db rw\n", true },
		/* Any user may mount these, and choose what they contain. */
		{ "22 1 0:40 / /mnt rw - fuse /dev/sdb rw\n", false },
		{ "22 1 0:40 / /mnt rw - fuse.btrfs /dev/sdb rw\n", false },
		{ "22 1 0:40 / /mnt rw - tmpfs /dev/sdb rw\n", false },
		{ "22 1 0:40 / /mnt/a\\040-\\040btrfs\\040/dev/sdb rw - fuse x rw\n", false },
		{ "22 1 0:40 / /mnt rw - fuse a\\040-\\040btrfs\\040/dev/sdb rw\n", false },
		{ "22 1 0:40 / /mnt rw - fuse a\\0128:16 rw\n", false },
		{ "22 1\n8:16\n", false },
		{ "22 1 8:16", true },
		{ "", false },
		{ "\n\n - \n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(mp_mounts_have(rows[i].text, "8:16", "sdb"), rows[i].mounted);
	assert_false(mp_mounts_have(NULL, "8:16", "sdb"));
	(void)state;
}

static void a_swap_area_is_a_partition_of_that_name(void **state)
{
#define HEAD "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
	static const struct {
		const char *text;
		bool swap;
	} rows[] = {
		{ HEAD "/dev/sdb                                partition\t1048572\t\t0\t\t-2\n",
		  true },
		{ HEAD "/dev/sda partition\t1\t0\t-1\n/dev/sdb partition\t1\t0\t-2\n", true },
		{ HEAD "/dev/sdb1 partition\t1\t0\t-1\n", false },
		{ HEAD "/dev/sdb\\040(deleted) partition\t1\t0\t-1\n", true },
		{ HEAD "/dev/sdb\\040x partition\t1\t0\t-1\n", false },
		{ HEAD "/dev/sdb file\t1\t0\t-1\n", false },
		{ HEAD "/mnt/dev/sdb file\t1\t0\t-1\n", false },
		{ HEAD "/mnt/a\\012/dev/sdb\\040partition file\t1\t0\t-1\n", false },
		{ "/dev/sdb", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(mp_mounts_have_swap(rows[i].text, "sdb"), rows[i].swap);
	assert_false(mp_mounts_have_swap(NULL, "sdb"));
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mount_is_found_by_device_number_or_by_a_source_from_the_kernel),
		cmocka_unit_test(a_swap_area_is_a_partition_of_that_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
