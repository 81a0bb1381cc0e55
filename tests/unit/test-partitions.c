/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/unit/image.h"

static void a_partition_beyond_the_disk_has_a_fault(void **state)
{
	static const struct {
		struct partition partition;
		enum partition_fault fault;
	} rows[] = {
		{ PARTITION(1, 0, 100), PARTITION_GOOD },
		{ PARTITION(1, 99, 1), PARTITION_GOOD },
		{ PARTITION(1, 99, 2), PARTITION_OUTSIDE },
		{ PARTITION(1, 100, 1), PARTITION_OUTSIDE },
		{ PARTITION(1, 0, 101), PARTITION_OUTSIDE },
		{ PARTITION(1, 1, UINT64_MAX), PARTITION_OUTSIDE },
		{ PARTITION(1, UINT64_MAX, 2), PARTITION_OUTSIDE },
		{ PARTITION(1, 10, 0), PARTITION_EMPTY },
		{ PARTITION(0, 10, 1), PARTITION_BEYOND_LAST },
		{ PARTITION(256, 10, 1), PARTITION_GOOD },
		{ PARTITION(257, 10, 1), PARTITION_BEYOND_LAST },
		{ { .number = 1, .size_sectors = 1, .fault = PARTITION_NOT_INSIDE },
		  PARTITION_NOT_INSIDE },
		{ { .number = 1, .size_sectors = 1, .fault = PARTITION_CUT_OFF },
		  PARTITION_CUT_OFF },
		{ { .number = 1, .size_sectors = 1, .fault = PARTITION_REVERSED },
		  PARTITION_REVERSED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition entry = rows[i].partition;
		struct partitions partitions = { .items = &entry, .count = 1 };

		partitions_judge(&partitions, 100);
		assert_int_equal(entry.fault, rows[i].fault);
		assert_true(!partition_fault_text(entry.fault) == (entry.fault == PARTITION_GOOD));
	}
}

static void a_second_partition_of_the_same_number_has_a_fault(void **state)
{
	struct partition entries[] = { PARTITION(1, 200, 8), PARTITION(1, 0, 8),
				       PARTITION(1, 8, 8) };
	struct partitions partitions = { .items = entries, .count = 3 };

	(void)state;
	partitions_judge(&partitions, 100);
	assert_int_equal(entries[0].fault, PARTITION_OUTSIDE);
	assert_int_equal(entries[1].fault, PARTITION_GOOD);
	assert_int_equal(entries[2].fault, PARTITION_TWICE);
}

static void of_100000_entries_256_are_good(void **state)
{
	enum { COUNT = 100000 };
	struct partitions partitions = { .items = calloc(COUNT, sizeof(*partitions.items)),
					 .count = COUNT };
	size_t good = 0;

	(void)state;
	assert_non_null(partitions.items);
	for (size_t i = 0; i < COUNT; i++)
		partitions.items[i] = (struct partition)PARTITION(i + 1, i, 1);
	partitions_judge(&partitions, COUNT);
	for (size_t i = 0; i < COUNT; i++)
		good += partitions.items[i].fault == PARTITION_GOOD;
	assert_int_equal(good, 256);
	partitions_fini(&partitions);
}

static void partitions_overlap_if_neither_is_within_the_other(void **state)
{
	static const struct {
		struct partition a, b;
		bool overlap;
	} rows[] = {
		{ PARTITION(1, 0, 10), PARTITION(2, 10, 10), false },
		{ PARTITION(1, 0, 11), PARTITION(2, 10, 10), true },
		{ PARTITION(1, 0, 100), PARTITION(2, 10, 10), false },
		{ PARTITION(1, 5, 5), PARTITION(2, 5, 5), false },
		{ PARTITION(1, 10, 10), PARTITION(2, 5, 6), true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partition entries[] = { rows[i].a, rows[i].b };
		struct partitions partitions = { .items = entries, .count = 2 };
		unsigned a = 0, b = 0;

		assert_int_equal(partitions_overlap(&partitions, &a, &b), rows[i].overlap);
		if (rows[i].overlap)
			assert_int_equal(10 * a + b, 12);
	}
}

static void two_sets_are_equal_if_all_their_partitions_are(void **state)
{
	struct partition one[] = { PARTITION(1, 0, 10), PARTITION(2, 10, 10) };
	struct partition two[] = { PARTITION(1, 0, 10), PARTITION(2, 10, 11) };
	const struct partitions a = { .items = one, .count = 2 }, b = { .items = two, .count = 2 };
	const struct partitions shorter = { .items = one, .count = 1 };

	(void)state;
	assert_true(partitions_equal(&a, &a));
	assert_false(partitions_equal(&a, &b));
	assert_false(partitions_equal(&a, &shorter));
}

static int dos_image_new(uint64_t sectors, const struct dos_entry *entries, size_t count)
{
	int fd = image_new(sectors);

	for (size_t i = 0; i < count; i++)
		image_put_dos(fd, 512, &entries[i]);
	return fd;
}

static void assert_read(int fd, uint64_t sectors, const struct partition *wanted, size_t count)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	const struct partitions all = { .items = (struct partition *)wanted, .count = count };
	const struct partitions_source source = {
		.fd = fd, .is_image = true, .sector_bytes = 512, .size_sectors = sectors
	};

	assert_int_equal(table_read(&source, &partitions), 0);
	assert_true(partitions_equal(&partitions, &all));
}

/* A dos table: a primary partition, an extended one, and one logical. */
static int some_image_new(void)
{
	static const struct dos_entry entries[] = { { 0, 0, 0x83, 8, 16 },
						    { 0, 1, 0x05, 32, 64 },
						    { 32, 0, 0x83, 2, 6 } };

	return dos_image_new(100, entries, ARRAY_SIZE(entries));
}

static void a_logical_partition_knows_its_extended_one(void **state)
{
	static const struct partition wanted[] = {
		PARTITION(1, 8, 16),
		PARTITION(2, 32, 2),
		{ .number = 5, .start_sectors = 34, .size_sectors = 6, .inside = 2 },
	};
	_cleanup_close_ int fd = some_image_new();

	(void)state;
	assert_read(fd, 100, wanted, ARRAY_SIZE(wanted));
}

static void a_logical_partition_is_inside_the_extended_one_that_it_begins_in(void **state)
{
	static const struct dos_entry entries[] = {
		{ 0, 0, 0x05, 64, 64 },
		{ 0, 1, 0x0f, 256, 64 },
		{ 64, 0, 0x83, 2, 6 },
		{ 256, 0, 0x83, 2, 6 },
	};
	static const struct partition wanted[] = {
		PARTITION(1, 64, 2),
		PARTITION(2, 256, 2),
		{ .number = 5, .start_sectors = 66, .size_sectors = 6, .inside = 1 },
		{ .number = 6, .start_sectors = 258, .size_sectors = 6, .inside = 2 },
	};
	_cleanup_close_ int fd = dos_image_new(4096, entries, ARRAY_SIZE(entries));

	(void)state;
	assert_read(fd, 4096, wanted, ARRAY_SIZE(wanted));
}

/* libblkid looks for them on what is larger than a floppy disk. */
static void slices_of_a_table_within_a_partition_are_not_the_disks(void **state)
{
	static const struct dos_entry entries[] = { { 0, 0, 0x81, 64, 64 },
						    { 64, 0, 0x81, 72, 8 },
						    { 64, 1, 0x81, 80, 8 } };
	static const struct partition wanted[] = { PARTITION(1, 64, 64) };
	_cleanup_close_ int fd = dos_image_new(4096, entries, ARRAY_SIZE(entries));

	(void)state;
	assert_read(fd, 4096, wanted, ARRAY_SIZE(wanted));
}

static void a_protective_mbr_without_gpt_is_reported(void **state)
{
	static const struct dos_entry rows[] = { { 0, 0, 0xee, 1, 4095 },
						 { 0, 0, 0x83, 8, 16 },
						 { 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(partitions_fini) struct partitions partitions = { 0 };
		_cleanup_close_ int fd = dos_image_new(4096, &rows[i], 1);
		const struct partitions_source source = {
			.fd = fd,
			.is_image = true,
			.sector_bytes = 512,
			.size_sectors = 4096,
		};

		assert_int_equal(table_read(&source, &partitions), 0);
		assert_int_equal(partitions.broken_gpt, rows[i].type == 0xee);
	}
}

static void only_a_table_of_the_type_asked_for_is_read(void **state)
{
	static const struct {
		const char *type;
		size_t count;
	} rows[] = {
		{ "dos", 3 }, { "gpt", 0 }, { "dasd", 0 }, { "no such type that anybody knows", 0 }
	};
	_cleanup_close_ int fd = some_image_new();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(partitions_fini) struct partitions partitions = { 0 };
		const struct partitions_source source = {
			.fd = fd,
			.is_image = true,
			.sector_bytes = 512,
			.size_sectors = 100,
			.type = rows[i].type,
		};

		assert_int_equal(table_read(&source, &partitions), 0);
		assert_int_equal(partitions.count, rows[i].count);
	}
}

static void a_disk_that_cannot_be_read_is_an_error(void **state)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	_cleanup_close_ int fd = open("/", O_RDONLY | O_CLOEXEC);
	const struct partitions_source source = {
		.fd = fd, .is_image = true, .sector_bytes = 512, .size_sectors = 100
	};

	(void)state;
	assert_int_equal(table_read(&source, &partitions), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_partition_beyond_the_disk_has_a_fault),
		cmocka_unit_test(a_second_partition_of_the_same_number_has_a_fault),
		cmocka_unit_test(of_100000_entries_256_are_good),
		cmocka_unit_test(partitions_overlap_if_neither_is_within_the_other),
		cmocka_unit_test(two_sets_are_equal_if_all_their_partitions_are),
		cmocka_unit_test(a_logical_partition_knows_its_extended_one),
		cmocka_unit_test(a_logical_partition_is_inside_the_extended_one_that_it_begins_in),
		cmocka_unit_test(slices_of_a_table_within_a_partition_are_not_the_disks),
		cmocka_unit_test(a_protective_mbr_without_gpt_is_reported),
		cmocka_unit_test(only_a_table_of_the_type_asked_for_is_read),
		cmocka_unit_test(a_disk_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
