/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "kpartx/gpt.h"
#include "tests/unit/image.h"

enum { ENTRIES = 4, HEADER = 92, ENTRY = 128 };

static uint32_t crc32_of(const uint8_t *bytes, size_t size)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static void put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

struct gpt {
	uint64_t sectors; /* of @sector_bytes */
	unsigned sector_bytes;
	uint64_t first_usable, last_usable;
	uint64_t parts[ENTRIES][2]; /* first and last; 0, 0: not in use */
};

/* At sector @at, its entries at @entries_at. */
static void put_header(int fd, const struct gpt *gpt, uint64_t at, uint64_t entries_at)
{
	uint8_t header[HEADER] = "EFI PART", entries[ENTRIES * ENTRY] = { 0 };

	for (unsigned i = 0; i < ENTRIES; i++) {
		if (!gpt->parts[i][0] && !gpt->parts[i][1])
			continue;
		entries[ENTRY * i] = 1;
		put64(entries + ENTRY * i + 32, gpt->parts[i][0]);
		put64(entries + ENTRY * i + 40, gpt->parts[i][1]);
	}
	put32(header + 8, 0x10000);
	put32(header + 12, HEADER);
	put64(header + 24, at);
	put64(header + 40, gpt->first_usable);
	put64(header + 48, gpt->last_usable);
	put64(header + 72, entries_at);
	put32(header + 80, ENTRIES);
	put32(header + 84, ENTRY);
	put32(header + 88, crc32_of(entries, sizeof(entries)));
	put32(header + 16, crc32_of(header, sizeof(header)));
	image_put(fd, at * gpt->sector_bytes, header, sizeof(header));
	image_put(fd, entries_at * gpt->sector_bytes, entries, sizeof(entries));
}

static int disk_new(const struct gpt *gpt, struct partitions_source *source)
{
	int fd = image_new(gpt->sectors * (gpt->sector_bytes / 512));

	image_put_dos(fd, gpt->sector_bytes, &(struct dos_entry){ 0, 0, 0xee, 1, UINT32_MAX });
	put_header(fd, gpt, 1, 2);
	put_header(fd, gpt, gpt->sectors - 1, gpt->sectors - 2);
	*source = image_source(fd, gpt->sectors * (gpt->sector_bytes / 512), gpt->sector_bytes);
	return fd;
}

#define FAULTY(n, start, size, why) \
	{ \
		.number = (n), .start_sectors = (start), .size_sectors = (size), .fault = (why) \
	}

static void each_entry_is_judged_by_itself(void **state)
{
	static const struct {
		struct gpt gpt;
		struct partition wanted[ENTRIES];
	} rows[] = {
		{ { 4096, 512, 34, 4000, { { 34, 40 }, { 48, 63 } } },
		  { PARTITION(1, 34, 7), PARTITION(2, 48, 16) } },
		/* Outside of the usable sectors, on the disk. */
		{ { 4096, 512, 34, 4000, { { 0, 33 }, { 48, 63 }, { 3900, 4095 } } },
		  { PARTITION(1, 0, 34), PARTITION(2, 48, 16), PARTITION(3, 3900, 196) } },
		/*
		 * Beyond the disk, of any size; the header claims more usable sectors than the
		 * disk has.
		 */
		{ { 4096,
		    512,
		    34,
		    1 << 20,
		    { { 48, 63 },
		      { 4000, 4096 },
		      { 34, UINT64_MAX - 1 },
		      { UINT64_MAX, UINT64_MAX } } },
		  { PARTITION(1, 48, 16), FAULTY(2, 4000, 97, PARTITION_OUTSIDE),
		    FAULTY(3, 34, UINT64_MAX - 34, PARTITION_OUTSIDE),
		    FAULTY(4, UINT64_MAX, 1, PARTITION_OUTSIDE) } },
		{ { 4096, 512, 34, 4000, { { 0, UINT64_MAX }, { 63, 48 }, { 0, 0 }, { 64, 64 } } },
		  { FAULTY(1, 0, UINT64_MAX, PARTITION_OUTSIDE),
		    FAULTY(2, 63, 0, PARTITION_REVERSED), PARTITION(4, 64, 1) } },
		/* Numbers that times eight wrap around 64 bits to the disk's start. */
		{ { 4096, 4096, 6, 4000, { { (1ULL << 61) + 8, (1ULL << 61) + 15 }, { 16, 23 } } },
		  { FAULTY(1, UINT64_MAX, 64, PARTITION_OUTSIDE), PARTITION(2, 128, 64) } },
		/* Beyond 2 TiB. */
		{ { 1ULL << 30,
		    4096,
		    6,
		    (1ULL << 30) - 7,
		    { { 256, (1 << 29) - 1 }, { 1 << 29, (1ULL << 30) - 7 } } },
		  { PARTITION(1, 2048, (1ULL << 32) - 2048),
		    PARTITION(2, 1ULL << 32, 8 * ((1ULL << 29) - 6)) } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partitions_source source;
		_cleanup_close_ int fd = disk_new(&rows[i].gpt, &source);
		size_t count = 0;

		while (count < ENTRIES && rows[i].wanted[count].number)
			count++;
		assert_judged(&source, rows[i].wanted, count);
	}
}

static const struct gpt good = { 4096, 512, 34, 4000, { { 34, 40 } } };

static bool is_read(struct partitions_source *source)
{
	struct partitions partitions = { 0 };
	bool is;

	assert_int_equal(table_read(source, &partitions), 0);
	assert_true(partitions.count == 0 || partitions.count == 1);
	assert_int_equal(partitions.broken_gpt, partitions.count == 0);
	is = partitions.count == 1;
	partitions_fini(&partitions);
	return is;
}

static void any_wrong_byte_makes_a_header_invalid(void **state)
{
	static const uint16_t places[] = { 0,  7,  8,  12, 13, 16, 24,	31,	  72,
					   80, 83, 84, 87, 88, 91, 512, 512 + 40, 512 + 127 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct partitions_source source;
		_cleanup_close_ int fd = disk_new(&good, &source);
		uint8_t byte;

		for (uint64_t copy = 0; copy < 2; copy++) {
			uint64_t at = copy ? 4095 * 512 : 512,
				 place = copy && places[i] >= 512 ? at - 1024 + places[i] :
								    at + places[i];

			assert_true(is_read(&source)); /* the other one */
			assert_int_equal(pread(fd, &byte, 1, place), 1);
			byte ^= 0x10;
			image_put(fd, place, &byte, 1);
		}
		assert_false(is_read(&source));
	}
}

/* Unverified numbers with correct checksums. */
static void a_header_with_impossible_numbers_is_ignored(void **state)
{
	static const struct {
		unsigned place;
		uint64_t value;
		unsigned bytes;
	} rows[] = {
		{ 12, 91, 4 },
		{ 12, 513, 4 },
		{ 12, UINT32_MAX, 4 }, /* size of the header */
		{ 24, 2, 8 },
		{ 24, 4095, 8 }, /* its place */
		/* place of the entries */
		{ 72, 4096, 8 },
		{ 72, UINT64_MAX, 8 },
		{ 72, 1ULL << 55, 8 },
		/* their number and size */
		{ 80, UINT32_MAX, 4 },
		{ 84, 0, 4 },
		{ 84, 127, 4 },
		{ 84, UINT32_MAX, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partitions_source source;
		_cleanup_close_ int fd = disk_new(&good, &source);
		uint8_t header[HEADER], none[512] = { 0 };

		image_put(fd, 4095 * 512, none, sizeof(none));
		assert_true(is_read(&source));
		assert_int_equal(pread(fd, header, sizeof(header), 512), sizeof(header));
		if (rows[i].bytes == 8)
			put64(header + rows[i].place, rows[i].value);
		else
			put32(header + rows[i].place, rows[i].value);
		put32(header + 16, 0);
		put32(header + 16, crc32_of(header, sizeof(header)));
		image_put(fd, 512, header, sizeof(header));
		assert_false(is_read(&source));
	}
}

static void without_a_protective_mbr_it_is_read_only_if_asked_for(void **state)
{
	const struct partition wanted[] = { PARTITION(1, 34, 7) };
	struct partitions_source source;
	_cleanup_close_ int fd = disk_new(&good, &source);
	uint8_t none[512] = { 0 };

	(void)state;
	image_put(fd, 0, none, sizeof(none));
	assert_judged(&source, NULL, 0);
	source.type = "gpt";
	assert_judged(&source, NULL, 0);
	source.force_gpt = true;
	assert_judged(&source, wanted, 1);
	source.type = NULL;
	assert_judged(&source, wanted, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_entry_is_judged_by_itself),
		cmocka_unit_test(any_wrong_byte_makes_a_header_invalid),
		cmocka_unit_test(a_header_with_impossible_numbers_is_ignored),
		cmocka_unit_test(without_a_protective_mbr_it_is_read_only_if_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
