/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <endian.h>
#include <string.h>

#include "base/cleanup.h"
#include "kpartx/partitions.h"
#include "kpartx/unixware.h"

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static void label_new(uint8_t sector[static 512])
{
	memset(sector, 0, 512);
	put32(sector + 4, 0xca5e600d);
	put32(sector + 156, 0x600ddeee);
}

static void slice(uint8_t *sector, unsigned at, uint32_t tag, uint32_t start, uint32_t size)
{
	uint8_t *slice = sector + 216 + 12 * at;

	put32(slice, tag);
	put32(slice + 4, start);
	put32(slice + 8, size);
}

static void slices_are_numbered_without_gaps(void **state)
{
	struct partition got[UNIXWARE_LAST];
	uint8_t sector[512];

	(void)state;
	label_new(sector);
	slice(sector, 0, 5, 0, 96);
	slice(sector, 2, 2, 48, 8);
	slice(sector, 3, 0, 56, 8); /* unused */
	slice(sector, 15, 0x2000003, 64, 16); /* with flags */
	assert_int_equal(unixware_decode(sector, got), 2);
	assert_int_equal(got[0].number, 1);
	assert_int_equal(got[0].start_sectors, 48);
	assert_int_equal(got[0].size_sectors, 8);
	assert_int_equal(got[1].number, 2);
	assert_int_equal(got[1].start_sectors, 64);
	assert_int_equal(got[1].size_sectors, 16);
}

static void both_magic_numbers_are_needed(void **state)
{
	static const unsigned magics[] = { 4, 156 };
	struct partition got[UNIXWARE_LAST];
	uint8_t sector[512];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		label_new(sector);
		slice(sector, 1, 2, 48, 8);
		assert_int_equal(unixware_decode(sector, got), 1);
		sector[magics[i]]++;
		assert_int_equal(unixware_decode(sector, got), 0);
	}
}

static void a_full_label_has_15_slices(void **state)
{
	struct partition got[UNIXWARE_LAST];
	uint8_t sector[512];

	(void)state;
	label_new(sector);
	memset(sector + 216, 0xff, 512 - 216);
	assert_int_equal(unixware_decode(sector, got), 15);
	assert_int_equal(got[14].number, 15);
	assert_int_equal(got[14].size_sectors, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slices_are_numbered_without_gaps),
		cmocka_unit_test(both_magic_numbers_are_needed),
		cmocka_unit_test(a_full_label_has_15_slices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
