/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/cleanup.h"
#include "kernel/reservation.h"

static void parameters_are_at_the_offsets_of_the_standard(void **state)
{
	static const struct {
		struct mp_reservation_parameters parameters;
		uint8_t data[MP_RESERVATION_PARAMETERS_SIZE];
	} rows[] = {
		{ { 0 }, { 0 } },
		{ { .key = 0x0102030405060708, .service_action_key = 0xf1f2f3f4f5f6f7f8 },
		  { 1, 2, 3, 4, 5, 6, 7, 8, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8 } },
		{ { .through_power_loss = true }, { [20] = 0x01 } },
		{ { .all_target_ports = true }, { [20] = 0x04 } },
		{ { .service_action_key = 0xabc,
		    .all_target_ports = true,
		    .through_power_loss = true },
		  { [14] = 0x0a, [15] = 0xbc, [20] = 0x05 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t data[MP_RESERVATION_PARAMETERS_SIZE];

		mp_reservation_encode(&rows[i].parameters, data);
		assert_memory_equal(data, rows[i].data, sizeof(data));
	}
}

static const uint8_t two_keys[] = {
	0, 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0x12, 0x3a, 0xbc, 0xff, 0, 0, 0, 0, 0, 0, 1,
};

static void registered_keys_are_read(void **state)
{
	struct mp_reservation_keys keys;

	(void)state;
	assert_int_equal(mp_reservation_decode_keys(two_keys, sizeof(two_keys), &keys), 0);
	assert_int_equal(keys.generation, 2);
	assert_int_equal(keys.count, 2);
	assert_true(mp_reservation_key(&keys, 0) == 0x123abc);
	assert_true(mp_reservation_key(&keys, 1) == 0xff00000000000001);
	assert_int_equal(mp_reservation_count(&keys, 0x123abc), 1);
	assert_int_equal(mp_reservation_count(&keys, 0x123abd), 0);
}

static void keys_that_did_not_fit_are_left_out(void **state)
{
	struct mp_reservation_keys keys;

	(void)state;
	for (size_t size = 8; size < sizeof(two_keys); size++) {
		assert_int_equal(mp_reservation_decode_keys(two_keys, size, &keys), 0);
		assert_int_equal(keys.count, (size - 8) / 8);
	}
	for (size_t size = 0; size < 8; size++)
		assert_int_equal(mp_reservation_decode_keys(two_keys, size, &keys), -EBADMSG);
}

static void the_holder_is_read(void **state)
{
	static const uint8_t data[] = { 0, 0, 0,    3,	  0, 0, 0, 16, 0, 0,	0, 0,
					0, 0, 0x12, 0x34, 0, 0, 0, 0,  0, 0x05, 0, 0 };
	static const uint8_t nobody[] = { 0, 0, 1, 0, 0, 0, 0, 0 };
	struct mp_reservation_holder holder;

	(void)state;
	assert_int_equal(mp_reservation_decode_holder(data, sizeof(data), &holder), 0);
	assert_true(holder.held && holder.key == 0x1234);
	assert_int_equal(holder.generation, 3);
	assert_int_equal(holder.scope, 0);
	assert_int_equal(holder.type, MP_RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS);
	for (size_t size = 0; size < sizeof(data); size++)
		assert_int_equal(mp_reservation_decode_holder(data, size, &holder), -EBADMSG);
	assert_int_equal(mp_reservation_decode_holder(nobody, sizeof(nobody), &holder), 0);
	assert_false(holder.held);
	assert_int_equal(holder.generation, 256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_are_at_the_offsets_of_the_standard),
		cmocka_unit_test(registered_keys_are_read),
		cmocka_unit_test(keys_that_did_not_fit_are_left_out),
		cmocka_unit_test(the_holder_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
