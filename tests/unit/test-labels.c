/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "kpartx/labels.h"
#include "tests/unit/image.h"

#define MAX32 ((uint64_t)UINT32_MAX)

/* So many bytes at that place, of that order. */
struct field {
	uint64_t at;
	char kind; /* b(ig), l(ittle): integers; t(ext) */
	unsigned bytes;
	uint64_t value;
	const char *text;
};

#define LE(at, bytes, value) \
	{ \
		at, 'l', bytes, value, NULL \
	}
#define BE(at, bytes, value) \
	{ \
		at, 'b', bytes, value, NULL \
	}
#define TEXT(at, text) \
	{ \
		at, 't', sizeof(text) - 1, 0, text \
	}
#define BE_PAIR(at, a, b) BE(at, 4, a), BE((at) + 4, 4, b)
#define LE_PAIR(at, a, b) LE(at, 4, a), LE((at) + 4, 4, b)

struct row {
	const char *name;
	int (*read)(const struct partitions_source *source, struct partitions *ret);
	struct field fields[40];
	struct partition wanted[8];
};

static void put_field(int fd, const struct field *field)
{
	uint8_t bytes[8];

	for (unsigned i = 0; field->kind != 't' && i < field->bytes; i++)
		bytes[field->kind == 'l' ? i : field->bytes - 1 - i] = field->value >> (8 * i);
	image_put(fd, field->at, field->kind == 't' ? (const void *)field->text : bytes,
		  field->bytes);
}

#define BSD_SLICE(at, i, size, start, type) \
	LE_PAIR((at) + 148 + 16 * (i), size, start), LE((at) + 148 + 16 * (i) + 12, 1, type)
#define SOLARIS_SLICE(i, tag, start, size) \
	LE(512 + 72 + 12 * (i), 2, tag), LE_PAIR(512 + 72 + 12 * (i) + 4, start, size)
#define ATARI_SLICE(at, i, id, start, size) \
	BE((at) + 12 * (i), 1, 1), TEXT((at) + 12 * (i) + 1, id), \
		BE_PAIR((at) + 12 * (i) + 4, start, size)
#define ATARI_ROOT 0x1c6

static const struct row rows[] = {
	{ "bsd: what is not in use takes no number",
	  label_read_bsd,
	  { LE(512, 4, 0x82564557), LE(512 + 132, 4, 0x82564557), LE(512 + 40, 4, 512),
	    LE(512 + 138, 2, 4), BSD_SLICE(512, 0, 8, 16, 7), BSD_SLICE(512, 1, 4096, 0, 0),
	    BSD_SLICE(512, 2, MAX32, MAX32, 1), BSD_SLICE(512, 3, 9, 32, 7),
	    BSD_SLICE(512, 4, 1, 1, 7) },
	  { PARTITION(1, 16, 8), PARTITION(2, MAX32, MAX32), PARTITION(3, 32, 9) } },
	{ "bsd: in sectors of the label",
	  label_read_bsd,
	  { LE(64, 4, 0x82564557), LE(64 + 132, 4, 0x82564557), LE(64 + 40, 4, 4096),
	    LE(64 + 138, 2, 1), BSD_SLICE(64, 0, MAX32, 1 << 29, 7) },
	  { PARTITION(1, 1ULL << 32, 8 * MAX32) } },
	{ "bsd: one magic number is not enough",
	  label_read_bsd,
	  { LE(512, 4, 0x82564557), LE(512 + 40, 4, 512), LE(512 + 138, 2, 1),
	    BSD_SLICE(512, 0, 8, 16, 7) },
	  { { 0 } } },
	{ "bsd: more than a label has room for",
	  label_read_bsd,
	  { LE(512, 4, 0x82564557), LE(512 + 132, 4, 0x82564557), LE(512 + 138, 2, 0xffff),
	    BSD_SLICE(512, 21, 8, 16, 7) },
	  { PARTITION(1, 16, 8) } },
	{ "solaris",
	  label_read_solaris,
	  { LE(512 + 28, 2, 512), LE(512 + 30, 2, 16), SOLARIS_SLICE(0, 2, 4, 8),
	    SOLARIS_SLICE(2, 5, 0, 4096), SOLARIS_SLICE(15, 3, MAX32, MAX32) },
	  { PARTITION(1, 4, 8), PARTITION(2, MAX32, MAX32) } },
	{ "sun: cylinders times heads times sectors is more than 32 bits",
	  label_read_sun,
	  { BE(128, 4, 1), BE(140, 2, 8), BE(188, 4, 0x600ddeee), BE(436, 2, 255), BE(438, 2, 63),
	    BE_PAIR(444, 300000, 1 << 20), BE(142 + 4 * 2, 2, 5), BE_PAIR(444 + 8 * 2, 0, MAX32),
	    BE_PAIR(444 + 8 * 7, MAX32, MAX32) },
	  { PARTITION(1, 300000ULL * 255 * 63, 1 << 20), PARTITION(8, MAX32 * 255 * 63, MAX32) } },
	{ "sun: without a VTOC nothing stands for the disk",
	  label_read_sun,
	  { BE(436, 2, 1), BE(438, 2, 16), BE(142 + 4 * 2, 2, 5), BE_PAIR(444 + 8 * 2, 0, 4096) },
	  { PARTITION(3, 0, 4096) } },
	{ "sgi",
	  label_read_sgi,
	  { BE_PAIR(312, 16, 32), BE_PAIR(312 + 12 * 15, MAX32, MAX32) },
	  { PARTITION(1, 32, 16), PARTITION(16, MAX32, MAX32) } },
	{ "mac: blocks of 4096 bytes, behind 2 TiB",
	  label_read_mac,
	  { TEXT(0, "ER\x10"), TEXT(4096, "PM"), BE(4096 + 4, 4, 2), BE_PAIR(4096 + 8, 1, 3),
	    TEXT(8192, "PM"), BE_PAIR(8192 + 8, 1 << 29, MAX32) },
	  { PARTITION(1, 8, 24), PARTITION(2, 1ULL << 32, 8 * MAX32) } },
	{ "mac: the map ends early",
	  label_read_mac,
	  { TEXT(0, "ER\x02"), TEXT(512, "PM"), BE(512 + 4, 4, MAX32), BE_PAIR(512 + 8, 1, 3) },
	  { PARTITION(1, 1, 3), { .number = 2, .fault = PARTITION_CUT_OFF } } },
	{ "ultrix",
	  label_read_ultrix,
	  { LE_PAIR(16384 - 64, 8, 16), LE_PAIR(16384 - 64 + 56, MAX32, MAX32) },
	  { PARTITION(1, 16, 8), PARTITION(8, MAX32, MAX32) } },
	{ "atari",
	  label_read_atari,
	  { ATARI_SLICE(ATARI_ROOT, 0, "GEM", 2, 30),
	    ATARI_SLICE(ATARI_ROOT, 2, "BGM", MAX32, MAX32) },
	  { PARTITION(1, 2, 30), PARTITION(2, MAX32, MAX32) } },
	{ "atari: a chain",
	  label_read_atari,
	  { ATARI_SLICE(ATARI_ROOT, 0, "GEM", 2, 30), ATARI_SLICE(ATARI_ROOT, 1, "XGM", 64, 64),
	    ATARI_SLICE(64 * 512 + ATARI_ROOT, 0, "GEM", 1, 15),
	    ATARI_SLICE(64 * 512 + ATARI_ROOT, 1, "XGM", 16, 16),
	    ATARI_SLICE(80 * 512 + ATARI_ROOT, 0, "BGM", MAX32 - 79, 15) },
	  { PARTITION(1, 2, 30), PARTITION(2, 65, 15), PARTITION(3, MAX32 + 1, 15) } },
	{ "atari: more in the first sector",
	  label_read_atari,
	  { ATARI_SLICE(ATARI_ROOT, 0, "GEM", 2, 30), ATARI_SLICE(0x156, 0, "GEM", 32, 8),
	    ATARI_SLICE(0x156, 1, "GEM", 40, 8) },
	  { PARTITION(1, 2, 30), PARTITION(2, 32, 8), PARTITION(3, 40, 8) } },
};

static void every_entry_is_read_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct partitions got = { 0 };
		_cleanup_close_ int fd = image_new(4096);
		const struct partitions_source source = image_source(fd, 4096, 512);

		for (size_t k = 0; k < ARRAY_SIZE(rows[i].fields) && rows[i].fields[k].kind; k++)
			put_field(fd, &rows[i].fields[k]);
		assert_int_equal(rows[i].read(&source, &got), 0);
		for (size_t k = 0; k < got.count; k++) {
			const struct partition *wanted = &rows[i].wanted[k];

			if (got.items[k].number != wanted->number ||
			    got.items[k].start_sectors != wanted->start_sectors ||
			    got.items[k].size_sectors != wanted->size_sectors ||
			    got.items[k].fault != wanted->fault)
				fail_msg("%s: %u: %llu sectors from %llu", rows[i].name,
					 got.items[k].number,
					 (unsigned long long)got.items[k].size_sectors,
					 (unsigned long long)got.items[k].start_sectors);
		}
		if (rows[i].wanted[got.count].number)
			fail_msg("%s: there are only %zu", rows[i].name, got.count);
		partitions_fini(&got);
	}
}

static void an_atari_chain_that_loops_ends(void **state)
{
	static const struct field fields[] = {
		ATARI_SLICE(ATARI_ROOT, 0, "XGM", 64, 64),
		ATARI_SLICE(64 * 512 + ATARI_ROOT, 0, "GEM", 1, 15),
		ATARI_SLICE(64 * 512 + ATARI_ROOT, 1, "XGM", 0, 16),
	};
	struct partitions got = { 0 };
	_cleanup_close_ int fd = image_new(4096);
	const struct partitions_source source = image_source(fd, 4096, 512);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		put_field(fd, &fields[i]);
	assert_int_equal(label_read_atari(&source, &got), 0);
	assert_int_equal(got.count, 1);
	partitions_fini(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_entry_is_read_whole),
		cmocka_unit_test(an_atari_chain_that_loops_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
