/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kpartx/mappings.h"

#define DISK 0xfe00 /* 254:0 */
#define OTHER 0xfe09

#define MPATHA \
	{ \
		.name = "mpatha", .uuid = "mpath-w", .devt = DISK, .is_dm = true \
	}

/* "2: 2048+4096" and so on */
#define PARTITION(n, start, size) \
	{ \
		.number = (n), .start_sectors = (start), .size_sectors = (size) \
	}
#define LINEAR(n, id, start, size) \
	{ \
		.name = (char *)(n), .uuid = (char *)(id), .is_linear = true, .on = DISK, \
		.start_sectors = (start), .size_sectors = (size) \
	}

static const char *const kinds[] = {
	[MAPPING_CREATE] = "create", [MAPPING_RENAME] = "rename", [MAPPING_RELOAD] = "reload",
	[MAPPING_KEEP] = "keep",     [MAPPING_RETAIN] = "retain", [MAPPING_REMOVE] = "remove",
	[MAPPING_REFUSE] = "refuse", [MAPPING_IGNORE] = "ignore",
};

struct row {
	const char *what;
	enum mappings_mode mode;
	struct mappings_disk disk;
	struct partition partitions[4];
	struct mp_linear existing[4];
	const char *plan;
};

static void run_row(const struct row *row)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	_cleanup_(mapping_plan_fini) struct mapping_plan plan = { 0 };
	struct partition entries[4];
	struct partitions partitions = { .items = entries };
	size_t existing = 0;

	memcpy(entries, row->partitions, sizeof(entries));
	while (partitions.count < 4 && entries[partitions.count].number)
		partitions.count++;
	while (existing < 4 && row->existing[existing].name)
		existing++;
	assert_int_equal(mappings_plan(row->mode, &row->disk, &partitions, row->existing, existing,
				       &plan),
			 0);
	for (size_t i = 0; i < plan.count; i++)
		mp_strbuf_printf(&text, "%s%s %s %s", i ? "; " : "", kinds[plan.steps[i].kind],
				 plan.steps[i].name, plan.steps[i].reason ?: "");
	if (strcmp(mp_strbuf_text(&text), row->plan))
		print_error("%s\n", row->what);
	assert_string_equal(mp_strbuf_text(&text), row->plan);
}

static void each_case_has_the_expected_plan(void **state)
{
	static const struct row rows[] = {
		{ "new",
		  MAPPINGS_ADD,
		  MPATHA,
		  { PARTITION(1, 8, 16), PARTITION(5, 32, 8) },
		  {},
		  "create mpatha1 is new; create mpatha5 is new" },
		{ "as it should be",
		  MAPPINGS_ADD,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16) },
		  "keep mpatha1 " },
		{ "about to go with its last user",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .start_sectors = 8,
		      .size_sectors = 16,
		      .open_count = 1,
		      .deferred = true } },
		  "retain mpatha1 " },
		{ "moved",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 16, 16) },
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16) },
		  "reload mpatha1 has moved" },
		{ "moved, in use",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 16, 16) },
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .start_sectors = 8,
		      .size_sectors = 16,
		      .open_count = 1 } },
		  "refuse mpatha1 has moved" },
		{ "shrunk, in use",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 8, 8) },
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .start_sectors = 8,
		      .size_sectors = 16,
		      .open_count = 1 } },
		  "refuse mpatha1 has shrunk" },
		{ "grown, in use",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 8, 32) },
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .start_sectors = 8,
		      .size_sectors = 16,
		      .open_count = 1 } },
		  "reload mpatha1 has grown" },
		{ "write-protected meanwhile",
		  MAPPINGS_UPDATE,
		  { .name = "mpatha",
		    .uuid = "mpath-w",
		    .devt = DISK,
		    .is_dm = true,
		    .read_only = true },
		  { PARTITION(1, 8, 16) },
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16) },
		  "reload mpatha1 is read-only now" },
		{ "write-protected, in use",
		  MAPPINGS_UPDATE,
		  { .name = "mpatha",
		    .uuid = "mpath-w",
		    .devt = DISK,
		    .is_dm = true,
		    .read_only = true },
		  { PARTITION(1, 8, 16) },
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .start_sectors = 8,
		      .size_sectors = 16,
		      .open_count = 1 } },
		  "refuse mpatha1 is read-only now" },
		{ "left without a table",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_empty = true } },
		  "reload mpatha1 has no table" },
		{ "the map was renamed",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { LINEAR("old1", "part1-mpath-w", 8, 16) },
		  "rename mpatha1 has another name; keep mpatha1 " },
		{ "renamed and moved",
		  MAPPINGS_ADD,
		  MPATHA,
		  { PARTITION(1, 16, 16) },
		  { LINEAR("old1", "part1-mpath-w", 8, 16) },
		  "rename mpatha1 has another name; reload mpatha1 has moved" },
		{ "the name is somebody's",
		  MAPPINGS_ADD,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { { .name = (char *)"mpatha1", .uuid = (char *)"LVM-x" } },
		  "refuse mpatha1 not a kpartx partition" },
		{ "the name is another disk's",
		  MAPPINGS_ADD,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { LINEAR("mpatha1", "part1-mpath-x", 8, 16) },
		  "refuse mpatha1 a partition of a different device" },
		{ "the UUID is no linear map's",
		  MAPPINGS_ADD,
		  MPATHA,
		  { PARTITION(1, 8, 16) },
		  { { .name = (char *)"mpatha1", .uuid = (char *)"part1-mpath-w" } },
		  "refuse mpatha1 not a kpartx partition" },
		{ "gone, but only added to",
		  MAPPINGS_ADD,
		  MPATHA,
		  {},
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16) },
		  "" },
		{ "gone",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  {},
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16) },
		  "remove mpatha1 is no longer in the table" },
		{ "gone, in use",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  {},
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .open_count = 2 } },
		  "refuse mpatha1 in use" },
		{ "gone, of another disk",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  {},
		  { LINEAR("mpathb1", "part1-mpath-x", 8, 16) },
		  "" },
		{ "what has a fault is as if it were not there",
		  MAPPINGS_UPDATE,
		  MPATHA,
		  { { .number = 1,
		      .start_sectors = 8,
		      .size_sectors = 16,
		      .fault = PARTITION_OUTSIDE } },
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16) },
		  "remove mpatha1 is no longer in the table" },
		{ "a slash in the name",
		  MAPPINGS_ADD,
		  { .name = "mpatha", .delimiter = "/", .uuid = "mpath-w", .devt = DISK },
		  { PARTITION(1, 8, 16) },
		  {},
		  "create mpatha!1 is new" },
		{ "all removed, what is not ours left",
		  MAPPINGS_DELETE,
		  MPATHA,
		  {},
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16), LINEAR("lv", "LVM-x", 8, 16),
		    LINEAR("mpatha2", "part2-mpath-w", 24, 16) },
		  "remove mpatha1 asked for; ignore lv not a kpartx partition; remove mpatha2 asked for" },
		{ "the first in use ends it",
		  MAPPINGS_DELETE,
		  MPATHA,
		  {},
		  { LINEAR("mpatha1", "part1-mpath-w", 8, 16),
		    { .name = (char *)"mpatha2",
		      .uuid = (char *)"part2-mpath-w",
		      .is_linear = true,
		      .on = DISK,
		      .open_count = 1 },
		    LINEAR("mpatha3", "part3-mpath-w", 8, 16) },
		  "remove mpatha1 asked for; refuse mpatha2 in use" },
		{ "forced, on a disk",
		  MAPPINGS_DELETE_FORCED,
		  { .name = "loop0", .uuid = "devnode_7:0_Wh5pYvM", .devt = DISK },
		  {},
		  { LINEAR("x", "", 8, 16) },
		  "remove x asked for" },
		{ "forced, on a map",
		  MAPPINGS_DELETE_FORCED,
		  MPATHA,
		  {},
		  { LINEAR("x", "", 8, 16) },
		  "ignore x not a kpartx partition" },
		{ "on another disk",
		  MAPPINGS_DELETE,
		  MPATHA,
		  {},
		  { { .name = (char *)"mpatha1",
		      .uuid = (char *)"part1-mpath-w",
		      .is_linear = true,
		      .on = OTHER } },
		  "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		run_row(&rows[i]);
}

static void a_name_that_ends_in_a_digit_gets_a_p(void **state)
{
	static const struct {
		const char *name, *delimiter, *got;
	} rows[] = {
		{ "mpatha", NULL, "mpatha3" },
		{ "loop0", NULL, "loop0p3" },
		{ "loop0", "", "loop03" },
		{ "mpatha", "-part", "mpatha-part3" },
		{ "", NULL, "3" },
	};
	char name[MAPPING_NAME_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mappings_disk disk = { .name = rows[i].name,
						    .delimiter = rows[i].delimiter };

		assert_int_equal(mapping_name(&disk, 3, name, sizeof(name)), 0);
		assert_string_equal(name, rows[i].got);
	}
}

static void a_name_that_is_too_long_is_refused(void **state)
{
	char name[MAPPING_NAME_SIZE];
	struct mappings_disk disk = { .name = name, .uuid = "mpath-w", .devt = DISK };
	struct partition entry = PARTITION(1, 8, 8);
	const struct partitions partitions = { .items = &entry, .count = 1 };
	_cleanup_(mapping_plan_fini) struct mapping_plan plan = { 0 };

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(mappings_plan(MAPPINGS_ADD, &disk, &partitions, NULL, 0, &plan), 0);
	assert_int_equal(plan.count, 1);
	assert_int_equal(plan.steps[0].kind, MAPPING_REFUSE);
}

static void only_a_partition_of_that_disk_has_a_number(void **state)
{
	static const struct {
		const char *uuid;
		unsigned number;
	} rows[] = {
		{ "part1-mpath-w", 1 },
		{ "part256-mpath-w", 256 },
		{ "part-mpath-w", 0 },
		{ "part0-mpath-w", 0 },
		{ "part01-mpath-w", 0 },
		{ "part1-mpath-wx", 0 },
		{ "part1mpath-w", 0 },
		{ "mpath-w", 0 },
		{ "", 0 },
		{ "part-1-mpath-w", 0 },
		{ "part99999999999999999999-mpath-w", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(mapping_number(rows[i].uuid, "mpath-w"), rows[i].number);
}

static void a_disk_without_uuid_is_identified_by_its_number(void **state)
{
	char uuid[MAPPING_UUID_SIZE];

	(void)state;
	assert_int_equal(mappings_disk_uuid("", makedev(7, 3), uuid, sizeof(uuid)), 0);
	assert_string_equal(uuid, "devnode_7:3_Wh5pYvM");
	assert_int_equal(mappings_disk_uuid("mpath-w", makedev(254, 3), uuid, sizeof(uuid)), 0);
	assert_string_equal(uuid, "mpath-w");
	assert_int_equal(mappings_disk_uuid("mpath-w", DISK, uuid, 4), -ENAMETOOLONG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_case_has_the_expected_plan),
		cmocka_unit_test(a_name_that_ends_in_a_digit_gets_a_p),
		cmocka_unit_test(a_name_that_is_too_long_is_refused),
		cmocka_unit_test(only_a_partition_of_that_disk_has_a_number),
		cmocka_unit_test(a_disk_without_uuid_is_identified_by_its_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
