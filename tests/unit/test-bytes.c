/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/bytes.h"

static const uint8_t bytes[] = { 0xee, 0x81, 0x02, 0x83, 0x04, 0x85, 0x06, 0x87, 0x08, 0xee };

/* From an odd address, with the highest bit set. */
static void numbers_are_read_in_either_order(void **state)
{
	const uint8_t *at = bytes + 1;

	(void)state;
	assert_int_equal(mp_bytes_le16(at), 0x0281);
	assert_int_equal(mp_bytes_le32(at), 0x04830281);
	assert_int_equal(mp_bytes_le64(at), 0x0887068504830281);
	assert_int_equal(mp_bytes_be16(at), 0x8102);
	assert_int_equal(mp_bytes_be32(at), 0x81028304);
	assert_int_equal(mp_bytes_be64(at), 0x8102830485068708);
}

static void numbers_are_written_as_they_are_read(void **state)
{
	static const struct {
		void (*put16)(uint8_t *at, uint16_t value);
		void (*put32)(uint8_t *at, uint32_t value);
		void (*put64)(uint8_t *at, uint64_t value);
		uint64_t value;
		size_t size;
	} rows[] = {
		{ mp_bytes_put_be16, NULL, NULL, 0x8102, 2 },
		{ NULL, mp_bytes_put_le32, NULL, 0x04830281, 4 },
		{ NULL, mp_bytes_put_be32, NULL, 0x81028304, 4 },
		{ NULL, NULL, mp_bytes_put_le64, 0x0887068504830281, 8 },
		{ NULL, NULL, mp_bytes_put_be64, 0x8102830485068708, 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t written[sizeof(bytes)];

		memset(written, 0xee, sizeof(written));
		if (rows[i].put16)
			rows[i].put16(written + 1, rows[i].value);
		else if (rows[i].put32)
			rows[i].put32(written + 1, rows[i].value);
		else
			rows[i].put64(written + 1, rows[i].value);
		assert_memory_equal(written + 1, bytes + 1, rows[i].size);
		assert_int_equal(written[0], 0xee);
		assert_int_equal(written[1 + rows[i].size], 0xee);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_read_in_either_order),
		cmocka_unit_test(numbers_are_written_as_they_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
