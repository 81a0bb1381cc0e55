/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/transport_id.h"

/* Text, and the bytes of the standard. */
static const struct row {
	const char *text;
	uint8_t data[44];
	size_t size;
} rows[] = {
	{ "fcp,0102030405060708", { 0, [8] = 1, 2, 3, 4, 5, 6, 7, 8 }, 24 },
	{ "fcp,F00000000000000a", { 0, [8] = 0xf0, [15] = 0x0a }, 24 },
	{ "sas,5001438000000001", { 6, [4] = 0x50, 0x01, 0x43, 0x80, [11] = 1 }, 24 },
	{ "iqn.x", { 5, 0, 0, 20, 'i', 'q', 'n', '.', 'x' }, 24 },
	{ "iqn.2026-11.org:12345",
	  { 5,	 0,   0,   24,	'i', 'q', 'n', '.', '2', '0', '2', '6', '-',
	    '1', '1', '.', 'o', 'r', 'g', ':', '1', '2', '3', '4', '5' },
	  28 },
	{ "iqn.2026-11.org:123",
	  { 5,	 0,   0,   20,	'i', 'q', 'n', '.', '2', '0', '2', '6',
	    '-', '1', '1', '.', 'o', 'r', 'g', ':', '1', '2', '3' },
	  24 },
	{ "iqn.2026-11.org:1234",
	  { 5,	 0,   0,   24,	'i', 'q', 'n', '.', '2', '0', '2', '6',
	    '-', '1', '1', '.', 'o', 'r', 'g', ':', '1', '2', '3', '4' },
	  28 },
	{ "iqn.x,i,0x00023d000001",
	  { 0x45, 0,   0,   24,	 'i', 'q', 'n', '.', 'x', ',', 'i', ',', '0',
	    'x',  '0', '0', '0', '2', '3', 'd', '0', '0', '0', '0', '0', '1' },
	  28 },
};

static void identifiers_are_encoded_as_the_standard_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t data[MP_TRANSPORT_ID_SIZE_MAX];
		struct mp_transport_id id;

		assert_int_equal(mp_transport_id_parse(rows[i].text, &id), 0);
		assert_int_equal(mp_transport_id_encode(&id, data, sizeof(data)), rows[i].size);
		assert_memory_equal(data, rows[i].data, rows[i].size);
		for (size_t room = 0; room < rows[i].size; room++)
			assert_int_equal(mp_transport_id_encode(&id, data, room), -ENOSPC);
	}
}

static void what_is_encoded_is_decoded_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_transport_id id, again;

		assert_int_equal(mp_transport_id_parse(rows[i].text, &id), 0);
		assert_int_equal(mp_transport_id_decode(rows[i].data, rows[i].size, &again), 0);
		assert_memory_equal(&id, &again, sizeof(id));
	}
}

static void other_texts_are_no_identifiers(void **state)
{
	static const char *const texts[] = {
		"",
		"fcp,",
		"fcp,1",
		"fcp,010203040506070g",
		"fcp,01020304050607080",
		"sas,0x1234",
		"iqn",
		"eui.1234",
		"spi,1,2",
		"fcp",
		"FCP,0102030405060708",
		"fcp, 102030405060708",
	};
	struct mp_transport_id id;
	char name[MP_TRANSPORT_ISCSI_LENGTH + 1] = "iqn.";

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		assert_int_equal(mp_transport_id_parse(texts[i], &id), -EINVAL);
	memset(name + 4, 'x', sizeof(name) - 5);
	assert_int_equal(mp_transport_id_parse(name, &id), -EINVAL);
	name[MP_TRANSPORT_ISCSI_LENGTH - 1] = '\0';
	assert_int_equal(mp_transport_id_parse(name, &id), 0);
}

static void what_is_cut_short_is_not_read_beyond(void **state)
{
	static const uint8_t fc[24] = { 0 }, sas[24] = { 6 }, other[1] = { 1 };
	/* 65535 bytes of name, without an end */
	static const uint8_t iscsi[] = { 5, 0, 0xff, 0xff, 'i', 'q', 'n' };
	struct mp_transport_id id;

	(void)state;
	assert_int_equal(mp_transport_id_decode(fc, 0, &id), -EBADMSG);
	assert_int_equal(mp_transport_id_decode(fc, 15, &id), -EBADMSG);
	assert_int_equal(mp_transport_id_decode(fc, 16, &id), 0);
	assert_int_equal(mp_transport_id_decode(sas, 11, &id), -EBADMSG);
	assert_int_equal(mp_transport_id_decode(sas, 12, &id), 0);
	assert_int_equal(mp_transport_id_decode(iscsi, 3, &id), -EBADMSG);
	assert_int_equal(mp_transport_id_decode(iscsi, sizeof(iscsi), &id), 0);
	assert_string_equal(id.name, "iqn");
	assert_int_equal(mp_transport_id_decode(other, sizeof(other), &id), 0);
	assert_int_equal(id.protocol, 1);
	assert_int_equal(mp_transport_id_encode(&id, (uint8_t[24]){ 0 }, 24), -EINVAL);
}

static void a_name_without_end_is_cut_off(void **state)
{
	uint8_t data[4 + 1024] = { 5, 0, 4, 0 };
	struct mp_transport_id id;

	(void)state;
	memset(data + 4, 'x', sizeof(data) - 4);
	assert_int_equal(mp_transport_id_decode(data, sizeof(data), &id), 0);
	assert_int_equal(strlen(id.name), MP_TRANSPORT_NAME_SIZE - 1);
	assert_int_equal(mp_transport_id_encode(&id, data, sizeof(data)), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identifiers_are_encoded_as_the_standard_says),
		cmocka_unit_test(what_is_encoded_is_decoded_again),
		cmocka_unit_test(other_texts_are_no_identifiers),
		cmocka_unit_test(what_is_cut_short_is_not_read_beyond),
		cmocka_unit_test(a_name_without_end_is_cut_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
