/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "kpartx/dos.h"
#include "tests/unit/image.h"

#define LOGICAL(n, in, start, size) \
	{ \
		.number = (n), .start_sectors = (start), .size_sectors = (size), .inside = (in) \
	}
#define FAULTY(n, in, start, size, why) \
	{ \
		.number = (n), .start_sectors = (start), .size_sectors = (size), .inside = (in), \
		.fault = (why) \
	}

enum { TIB2 = 1 << 29 }; /* two, in sectors of 4096 bytes: 2^32 of 512 */

/* A table with that many entries, and the expected partitions. */
struct row {
	uint64_t sectors;
	unsigned sector_bytes;
	struct dos_entry entries[8];
	struct partition wanted[8];
};

static void assert_row(const struct row *row)
{
	struct partitions_source source;
	_cleanup_close_ int fd = image_new(row->sectors);
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(row->entries) && row->entries[i].type; i++)
		image_put_dos(fd, row->sector_bytes, &row->entries[i]);
	while (count < ARRAY_SIZE(row->wanted) && row->wanted[count].number)
		count++;
	source = image_source(fd, row->sectors, row->sector_bytes);
	assert_judged(&source, row->wanted, count);
}

static void numbers_go_beyond_32_bits_of_512_byte_sectors(void **state)
{
	static const struct row rows[] = {
		{ 16ULL * TIB2,
		  4096,
		  { { 0, 0, 0x83, 256, TIB2 - 256 },
		    { 0, 1, 0x83, TIB2 + 256, 1 << 20 },
		    { 0, 2, 0x83, TIB2 + 256 + (1 << 20), TIB2 + 4096 } },
		  { PARTITION(1, 2048, 8ULL * TIB2 - 2048),
		    PARTITION(2, 8ULL * TIB2 + 2048, 8 << 20),
		    FAULTY(3, 0, 8ULL * TIB2 + 2048 + (8 << 20), 8ULL * TIB2 + 32768,
			   PARTITION_OUTSIDE) } },
		{ 32ULL * TIB2,
		  4096,
		  { { 0, 0, 0x83, 256, 3U * TIB2 } },
		  { PARTITION(1, 2048, 24ULL * TIB2) } },
		/* An extended partition beyond 2 TiB, with an EBR and a logical partition. */
		{ 16ULL * TIB2,
		  4096,
		  { { 0, 0, 0x83, 256, 4096 },
		    { 0, 1, 0x0f, TIB2 + 512, 1 << 20 },
		    { TIB2 + 512, 0, 0x83, 16, 4096 },
		    { TIB2 + 512, 1, 0x05, 8192, 4096 },
		    { TIB2 + 512 + 8192, 0, 0x83, 16, 1024 } },
		  { PARTITION(1, 2048, 32768), PARTITION(2, 8ULL * TIB2 + 4096, 8),
		    LOGICAL(5, 2, 8ULL * (TIB2 + 512 + 16), 32768),
		    LOGICAL(6, 2, 8ULL * (TIB2 + 512 + 8192 + 16), 8192) } },
		/* The largest possible numbers. */
		{ 4096,
		  4096,
		  { { 0, 0, 0x83, UINT32_MAX, UINT32_MAX } },
		  { FAULTY(1, 0, 8ULL * UINT32_MAX, 8ULL * UINT32_MAX, PARTITION_OUTSIDE) } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(&rows[i]);
}

static void a_logical_partition_lies_in_its_extended_one(void **state)
{
	static const struct row rows[] = {
		/* Wraps around 32 bits, to the table itself. */
		{ 131072,
		  512,
		  { { 0, 0, 0x83, 4096, 8192 },
		    { 0, 1, 0x05, 20480, 40960 },
		    { 20480, 0, 0x83, 0U - 20480, 256 } },
		  { PARTITION(1, 4096, 8192), PARTITION(2, 20480, 2),
		    FAULTY(5, 2, 1ULL << 32, 256, PARTITION_NOT_INSIDE) } },
		/* On the disk, overlapping another partition, or one sector too long. */
		{ 4096,
		  512,
		  { { 0, 0, 0x05, 64, 64 },
		    { 0, 1, 0x83, 256, 64 },
		    { 64, 0, 0x83, 192, 64 },
		    { 64, 1, 0x05, 32, 32 },
		    { 96, 0, 0x83, 2, 31 } },
		  { PARTITION(1, 64, 2), PARTITION(2, 256, 64),
		    FAULTY(5, 1, 256, 64, PARTITION_NOT_INSIDE),
		    FAULTY(6, 1, 98, 31, PARTITION_NOT_INSIDE) } },
		{ 4096,
		  512,
		  { { 0, 0, 0x05, 64, 64 }, { 64, 0, 0x83, 2, 62 } },
		  { PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 62) } },
		/* The extended partition extends beyond the disk: what is on the disk counts. */
		{ 100,
		  512,
		  { { 0, 0, 0x05, 64, 64 },
		    { 64, 0, 0x83, 2, 8 },
		    { 64, 1, 0x05, 16, 16 },
		    { 80, 0, 0x83, 2, 40 } },
		  { PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 8),
		    FAULTY(6, 1, 82, 40, PARTITION_OUTSIDE) } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(&rows[i]);
}

static void a_chain_that_leaves_the_extended_partition_is_reported(void **state)
{
	static const struct row rows[] = {
		/* Out of the extended partition, though there is a table. */
		{ 4096,
		  512,
		  { { 0, 0, 0x05, 64, 64 },
		    { 64, 0, 0x83, 2, 6 },
		    { 64, 1, 0x05, 512, 8 },
		    { 576, 0, 0x83, 2, 6 } },
		  { PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 6),
		    FAULTY(6, 1, 576, 8, PARTITION_CUT_OFF) } },
		/* Off the disk, by numbers that wrap around 32 bits. */
		{ 4096,
		  512,
		  { { 0, 0, 0x05, 64, 64 }, { 64, 0, 0x83, 2, 6 }, { 64, 1, 0x05, 0U - 32, 8 } },
		  { PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 6),
		    FAULTY(6, 1, (1ULL << 32) + 32, 8, PARTITION_CUT_OFF) } },
		/* To a sector that is not a table. */
		{ 4096,
		  512,
		  { { 0, 0, 0x05, 64, 64 }, { 64, 0, 0x83, 2, 6 }, { 64, 1, 0x05, 16, 8 } },
		  { PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 6),
		    FAULTY(6, 1, 80, 8, PARTITION_CUT_OFF) } },
		/* Nothing has been created in the extended partition yet, which is no fault. */
		{ 4096, 512, { { 0, 0, 0x05, 64, 64 } }, { PARTITION(1, 64, 2) } },
		/* A loop. */
		{ 4096,
		  512,
		  { { 0, 0, 0x05, 64, 64 },
		    { 64, 0, 0x83, 2, 6 },
		    { 64, 1, 0x05, 16, 8 },
		    { 80, 1, 0x05, 16, 8 } },
		  { PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 6) } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_row(&rows[i]);
}

static void every_ebr_can_have_two_partitions_and_garbage(void **state)
{
	static const struct row row = {
		4096,
		512,
		{ { 0, 0, 0x05, 64, 64 },
		  { 64, 0, 0x83, 2, 6 },
		  { 64, 1, 0x83, 8, 6 },
		  { 64, 2, 0x83, 16, 500 },
		  { 64, 3, 0x83, 20, 4 } },
		{ PARTITION(1, 64, 2), LOGICAL(5, 1, 66, 6), LOGICAL(6, 1, 72, 6),
		  LOGICAL(7, 1, 84, 4) },
	};

	(void)state;
	assert_row(&row);
}

static void an_invalid_partition_of_another_system_leaves_the_others(void **state)
{
	static const uint8_t types[] = { 0xa5, 0xa6, 0xa9, 0x63, 0x81, 0xbf, 0x82 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		const struct row row = {
			131072,
			512,
			{ { 0, 0, 0x83, 2048, 16384 }, { 0, 1, types[i], 20480, 1 << 20 } },
			{ PARTITION(1, 2048, 16384),
			  FAULTY(2, 0, 20480, 1 << 20, PARTITION_OUTSIDE) },
		};

		assert_row(&row);
	}
}

/* Each EBR leads to the next one, up to the extended partition's end. */
static void an_endless_chain_ends(void **state)
{
	enum { EBRS = 4000 };
	const struct dos_entry extended = { 0, 0, 0x05, 16, 2 * EBRS };
	struct partitions partitions = { 0 };
	_cleanup_close_ int fd = image_new(3 * EBRS);
	const struct partitions_source source = image_source(fd, 3 * EBRS, 512);
	size_t good = 0;

	(void)state;
	image_put_dos(fd, 512, &extended);
	for (unsigned i = 0; i < EBRS; i++) {
		image_put_dos(fd, 512, &(struct dos_entry){ 16 + 2 * i, 0, 0x83, 1, 1 });
		image_put_dos(fd, 512, &(struct dos_entry){ 16 + 2 * i, 1, 0x05, 2 * (i + 1), 2 });
	}
	assert_int_equal(table_read(&source, &partitions), 0);
	partitions_judge(&partitions, source.size_sectors);
	for (size_t i = 0; i < partitions.count; i++)
		good += partitions.items[i].fault == PARTITION_GOOD;
	assert_int_equal(good, 1 + 256 - 4);
	assert_true(partitions.count < 600);
	assert_int_equal(partitions.items[partitions.count - 1].fault, PARTITION_CUT_OFF);
	partitions_fini(&partitions);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_go_beyond_32_bits_of_512_byte_sectors),
		cmocka_unit_test(a_logical_partition_lies_in_its_extended_one),
		cmocka_unit_test(a_chain_that_leaves_the_extended_partition_is_reported),
		cmocka_unit_test(every_ebr_can_have_two_partitions_and_garbage),
		cmocka_unit_test(an_invalid_partition_of_another_system_leaves_the_others),
		cmocka_unit_test(an_endless_chain_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
