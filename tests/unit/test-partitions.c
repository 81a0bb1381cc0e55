/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kpartx/partitions.h"

#define PARTITION(n, start, size) { .number = (n), .start_sectors = (start), .size_sectors = (size) }

static void what_does_not_lie_on_the_disk_has_a_fault(void **state)
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

static void the_second_of_a_number_has_a_fault(void **state)
{
	struct partition entries[] = { PARTITION(1, 200, 8), PARTITION(1, 0, 8), PARTITION(1, 8, 8) };
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
	struct partitions partitions = { .items = calloc(COUNT, sizeof(*partitions.items)), .count = COUNT };
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
		{ PARTITION(1, 0, 10), PARTITION(2, 10, 10), false }, { PARTITION(1, 0, 11), PARTITION(2, 10, 10), true },
		{ PARTITION(1, 0, 100), PARTITION(2, 10, 10), false }, { PARTITION(1, 5, 5), PARTITION(2, 5, 5), false },
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

static void partitions_are_equal_if_all_of_them_are(void **state)
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

/* A dos table: a primary partition, an extended one, and one logical. */
static int image_new(uint64_t bytes)
{
	static const uint8_t first[] = { 0, 0, 0, 0, 0x83, 0, 0, 0, 8, 0, 0, 0, 16, 0, 0, 0,
					 0, 0, 0, 0, 0x05, 0, 0, 0, 32, 0, 0, 0, 64, 0, 0, 0 };
	static const uint8_t logical[] = { 0, 0, 0, 0, 0x83, 0, 0, 0, 2, 0, 0, 0, 6, 0, 0, 0 };
	static const uint8_t magic[] = { 0x55, 0xaa };
	int fd = memfd_create("image", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, bytes), 0);
	assert_int_equal(pwrite(fd, first, sizeof(first), 446), sizeof(first));
	assert_int_equal(pwrite(fd, magic, sizeof(magic), 510), sizeof(magic));
	assert_int_equal(pwrite(fd, logical, sizeof(logical), 32 * 512 + 446), sizeof(logical));
	assert_int_equal(pwrite(fd, magic, sizeof(magic), 32 * 512 + 510), sizeof(magic));
	return fd;
}

static void a_logical_partition_knows_its_extended_one(void **state)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	_cleanup_close_ int fd = image_new(100 * 512);
	const struct partitions_source source = { .fd = fd, .is_image = true, .sector_bytes = 512, .size_sectors = 100 };
	static const struct partition wanted[] = {
		PARTITION(1, 8, 16), PARTITION(2, 32, 2), { .number = 5, .start_sectors = 34, .size_sectors = 6, .inside = 2 },
	};
	const struct partitions all = { .items = (struct partition *)wanted, .count = ARRAY_SIZE(wanted) };

	(void)state;
	assert_int_equal(partitions_read(&source, &partitions), 0);
	assert_true(partitions_equal(&partitions, &all));
}

static void only_a_table_of_the_type_asked_for_is_read(void **state)
{
	static const struct {
		const char *type;
		size_t count;
	} rows[] = { { "dos", 3 }, { "gpt", 0 }, { "dasd", 0 }, { "no such type that anybody knows", 0 } };
	_cleanup_close_ int fd = image_new(100 * 512);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(partitions_fini) struct partitions partitions = { 0 };
		const struct partitions_source source = {
			.fd = fd, .is_image = true, .sector_bytes = 512, .size_sectors = 100, .type = rows[i].type,
		};

		assert_int_equal(partitions_read(&source, &partitions), 0);
		assert_int_equal(partitions.count, rows[i].count);
	}
}

static void a_disk_that_cannot_be_read_is_an_error(void **state)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	_cleanup_close_ int fd = open("/", O_RDONLY | O_CLOEXEC);
	const struct partitions_source source = { .fd = fd, .is_image = true, .sector_bytes = 512, .size_sectors = 100 };

	(void)state;
	assert_int_equal(partitions_read(&source, &partitions), -EISDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_not_lie_on_the_disk_has_a_fault),
		cmocka_unit_test(the_second_of_a_number_has_a_fault),
		cmocka_unit_test(of_100000_entries_256_are_good),
		cmocka_unit_test(partitions_overlap_if_neither_is_within_the_other),
		cmocka_unit_test(partitions_are_equal_if_all_of_them_are),
		cmocka_unit_test(a_logical_partition_knows_its_extended_one),
		cmocka_unit_test(only_a_table_of_the_type_asked_for_is_read),
		cmocka_unit_test(a_disk_that_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
