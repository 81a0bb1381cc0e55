/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
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

		assert_int_equal(mp_reservation_encode(&rows[i].parameters, data, sizeof(data)),
				 sizeof(data));
		assert_memory_equal(data, rows[i].data, sizeof(data));
		assert_int_equal(mp_reservation_encode(&rows[i].parameters, data, sizeof(data) - 1),
				 -ENOSPC);
	}
}

static void initiator_ports_follow_with_their_length(void **state)
{
	static const struct mp_transport_id ports[] = {
		{ .protocol = MP_TRANSPORT_FC, .address = { 1, 2, 3, 4, 5, 6, 7, 8 } },
		{ .protocol = MP_TRANSPORT_ISCSI, .name = "iqn.a" },
	};
	const struct mp_reservation_parameters parameters = { .service_action_key = 0xabc,
							      .ports = ports,
							      .port_count = ARRAY_SIZE(ports) };
	static const uint8_t expected[] = {
		0, 0, 0,    0,	  0,   0,   0,	 0,   0,    0, 0, 0,
		0, 0, 0x0a, 0xbc, 0,   0,   0,	 0,   0x08, 0, 0, 0, /* */
		0, 0, 0,    48, /* */
		0, 0, 0,    0,	  0,   0,   0,	 0,   1,    2, 3, 4,
		5, 6, 7,    8,	  0,   0,   0,	 0,   0,    0, 0, 0, /* */
		5, 0, 0,    20,	  'i', 'q', 'n', '.', 'a',  0, 0, 0,
		0, 0, 0,    0,	  0,   0,   0,	 0,   0,    0, 0, 0,
	};
	uint8_t data[sizeof(expected)];

	(void)state;
	assert_int_equal(mp_reservation_encode(&parameters, data, sizeof(data)), sizeof(expected));
	assert_memory_equal(data, expected, sizeof(expected));
	for (size_t room = 0; room < sizeof(data); room++)
		assert_int_equal(mp_reservation_encode(&parameters, data, room), -ENOSPC);
}

static void the_longest_list_has_room(void **state)
{
	struct mp_transport_id ports[MP_RESERVATION_PORTS + 1];
	struct mp_reservation_parameters parameters = { .ports = ports,
							.port_count = MP_RESERVATION_PORTS };
	uint8_t data[MP_RESERVATION_LIST_SIZE];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		ports[i] = (struct mp_transport_id){ .protocol = MP_TRANSPORT_ISCSI };
		memset(ports[i].name, 'n', MP_TRANSPORT_ISCSI_LENGTH - 1);
	}
	assert_int_equal(mp_reservation_encode(&parameters, data, sizeof(data)), sizeof(data));
	parameters.port_count++;
	assert_int_equal(mp_reservation_encode(&parameters, data, sizeof(data)), -EINVAL);
}

static const uint8_t two_keys[] = {
	0, 0, 0, 2, 0, 0, 0, 16, 0, 0, 0, 0, 0, 0x12, 0x3a, 0xbc, 0xff, 0, 0, 0, 0, 0, 0, 1,
};

static void registered_keys_are_read(void **state)
{
	struct mp_reservation_keys keys;

	(void)state;
	assert_int_equal(mp_reservation_decode_keys(two_keys, sizeof(two_keys), &keys), 0);
	assert_false(keys.cut_off);
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
		assert_true(keys.cut_off);
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

static void capabilities_are_read(void **state)
{
	static const uint8_t data[] = { 0, 8, 0x1d, 0x91, 0xea, 0x01, 0, 0 };
	struct mp_reservation_capabilities capabilities;

	(void)state;
	assert_int_equal(mp_reservation_decode_capabilities(data, sizeof(data), &capabilities), 0);
	assert_int_equal(capabilities.length, 8);
	assert_int_equal(capabilities.flags[0], 0x1d);
	assert_int_equal(capabilities.flags[1], 0x91);
	assert_int_equal(capabilities.types, 0xea01);
	for (size_t size = 0; size < sizeof(data); size++)
		assert_int_equal(mp_reservation_decode_capabilities(data, size, &capabilities),
				 -EBADMSG);
}

/* As LIO reports two ports of a SAS initiator, the first one as holder. */
static const uint8_t two_registrants[] = {
	0, 0,	 0, 2, 0,    0,	   0,	 96, /* */
	0, 0,	 0, 0, 0,    0x12, 0x3a, 0xbc, 0, 0, 0, 0,
	1, 0x05, 0, 0, 0,    0,	   0,	 1,    0, 0, 0, 24, /* */
	6, 0,	 0, 0, 0x60, 1,	   0x40, 0x50, 0, 0, 0, 0xf1,
	0, 0,	 0, 0, 0,    0,	   0,	 0,    0, 0, 0, 0, /* */
	0, 0,	 0, 0, 0,    0x12, 0x3a, 0xbd, 0, 0, 0, 0,
	2, 0x00, 0, 0, 0,    0,	   0,	 2,    0, 0, 0, 24, /* */
	6, 0,	 0, 0, 0x60, 1,	   0x40, 0x50, 0, 0, 0, 0xf2,
	0, 0,	 0, 0, 0,    0,	   0,	 0,    0, 0, 0, 0,
};

static void registrants_are_read_one_by_one(void **state)
{
	static const uint8_t address[] = { 0x60, 1, 0x40, 0x50, 0, 0, 0, 0xf2 };
	struct mp_reservation_registrant one;
	struct mp_reservation_status status;

	(void)state;
	assert_int_equal(mp_reservation_decode_status(two_registrants, sizeof(two_registrants),
						      &status),
			 0);
	assert_int_equal(status.generation, 2);
	assert_int_equal(mp_reservation_next(&status, &one), 1);
	assert_true(one.key == 0x123abc && one.holder && !one.all_target_ports);
	assert_int_equal(one.type, MP_RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS);
	assert_int_equal(one.target_port, 1);
	assert_int_equal(mp_reservation_next(&status, &one), 1);
	assert_true(one.key == 0x123abd && !one.holder && one.all_target_ports);
	assert_true(one.has_transport);
	assert_int_equal(one.transport.protocol, MP_TRANSPORT_SAS);
	assert_memory_equal(one.transport.address, address, sizeof(address));
	assert_int_equal(mp_reservation_next(&status, &one), 0);
}

static void registrants_that_did_not_fit_are_left_out(void **state)
{
	struct mp_reservation_registrant one;
	struct mp_reservation_status status;
	uint8_t lying[sizeof(two_registrants)];

	(void)state;
	for (size_t size = 0; size <= sizeof(two_registrants); size++) {
		size_t count = 0;

		if (mp_reservation_decode_status(two_registrants, size, &status) < 0) {
			assert_true(size < 8);
			continue;
		}
		while (mp_reservation_next(&status, &one))
			count++;
		assert_int_equal(count, (size - 8) / 48);
	}

	/* The first descriptor says that it fills more than there is. */
	memcpy(lying, two_registrants, sizeof(lying));
	memset(lying + 8 + 20, 0xff, 4);
	assert_int_equal(mp_reservation_decode_status(lying, sizeof(lying), &status), 0);
	assert_int_equal(mp_reservation_next(&status, &one), 0);

	/* And here that it has no TransportID. */
	memset(lying + 8 + 20, 0, 4);
	assert_int_equal(mp_reservation_decode_status(lying, sizeof(lying), &status), 0);
	assert_int_equal(mp_reservation_next(&status, &one), 1);
	assert_false(one.has_transport);
}

static void a_registration_is_found_by_its_ports(void **state)
{
	static const struct {
		uint64_t key;
		uint16_t port;
		int protocol; /* of the initiator; negative: unknown */
		uint8_t last; /* byte of its address */
		enum mp_reservation_presence presence;
	} rows[] = {
		{ 0x123abc, 1, MP_TRANSPORT_SAS, 0xf1, MP_RESERVATION_PRESENT },
		{ 0x123abc, 2, MP_TRANSPORT_SAS, 0xf1, MP_RESERVATION_ABSENT },
		{ 0x123abc, 1, MP_TRANSPORT_SAS, 0xf2, MP_RESERVATION_ABSENT }, /* another host's */
		{ 0x123abc, 1, MP_TRANSPORT_FC, 0xf1, MP_RESERVATION_UNSURE },
		{ 0x123abc, 1, -1, 0, MP_RESERVATION_UNSURE },
		{ 0x123abc, 2, -1, 0, MP_RESERVATION_ABSENT },
		{ 0x123abd, 9, MP_TRANSPORT_SAS, 0xf2, MP_RESERVATION_PRESENT }, /* all ports */
		{ 0x123abd, 9, MP_TRANSPORT_SAS, 0xf1, MP_RESERVATION_ABSENT },
		{ 0x123abd, 9, -1, 0, MP_RESERVATION_UNSURE },
		{ 0x777, 1, MP_TRANSPORT_SAS, 0xf1, MP_RESERVATION_ABSENT },
	};
	struct mp_reservation_status status;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct mp_transport_id initiator = {
			.protocol = rows[i].protocol,
			.address = { 0x60, 1, 0x40, 0x50, 0, 0, 0, rows[i].last },
		};

		assert_int_equal(mp_reservation_decode_status(two_registrants,
							      sizeof(two_registrants), &status),
				 0);
		assert_int_equal(mp_reservation_find(&status, rows[i].key, rows[i].port,
						     rows[i].protocol < 0 ? NULL : &initiator),
				 rows[i].presence);
	}
	/* What was cut off could be it. */
	assert_int_equal(mp_reservation_decode_status(two_registrants, sizeof(two_registrants) - 1,
						      &status),
			 0);
	assert_int_equal(mp_reservation_find(&status, 0x777, 1, NULL), MP_RESERVATION_UNSURE);
}

/*
 * Answers of LIO as sg_raw has received them, in the corpus of the fuzz target: two ports of one
 * unit with SAS TransportIDs, and one with an iSCSI TransportID.
 */
static size_t recorded_read(const char *name, uint8_t *data, size_t size)
{
	char path[80];
	FILE *file;

	snprintf(path, sizeof(path), "tests/fuzz/corpus/reservation/%s", name);
	file = fopen(path, "r");
	assert_non_null(file);
	size = fread(data, 1, size, file);
	fclose(file);
	return size;
}

static void registrant_format(const struct mp_reservation_registrant *one, struct mp_strbuf *text)
{
	mp_strbuf_printf(text, " %llx", (unsigned long long)one->key);
	if (one->all_target_ports)
		mp_strbuf_puts(text, " all ports");
	else
		mp_strbuf_printf(text, " port %u", one->target_port);
	if (one->holder)
		mp_strbuf_printf(text, " holds %u", one->type);
	if (one->transport.protocol == MP_TRANSPORT_ISCSI)
		mp_strbuf_printf(text, " %s", one->transport.name);
	else
		for (size_t i = 0; i < sizeof(one->transport.address); i++)
			mp_strbuf_printf(text, "%s%02x", i ? "" : " ", one->transport.address[i]);
	mp_strbuf_putc(text, ';');
}

static void keys_format(const uint8_t *data, size_t size, struct mp_strbuf *text)
{
	struct mp_reservation_keys keys;

	assert_int_equal(mp_reservation_decode_keys(data, size, &keys), 0);
	mp_strbuf_printf(text, "%u:", keys.generation);
	for (size_t i = 0; i < keys.count; i++)
		mp_strbuf_printf(text, " %llx", (unsigned long long)mp_reservation_key(&keys, i));
}

static void holder_format(const uint8_t *data, size_t size, struct mp_strbuf *text)
{
	struct mp_reservation_holder holder;

	assert_int_equal(mp_reservation_decode_holder(data, size, &holder), 0);
	mp_strbuf_printf(text, "%u:", holder.generation);
	if (holder.held)
		mp_strbuf_printf(text, " %llx scope %u type %u", (unsigned long long)holder.key,
				 holder.scope, holder.type);
}

static void capabilities_format(const uint8_t *data, size_t size, struct mp_strbuf *text)
{
	struct mp_reservation_capabilities capabilities;

	assert_int_equal(mp_reservation_decode_capabilities(data, size, &capabilities), 0);
	mp_strbuf_printf(text, "%u: %02x %02x types %04x", capabilities.length,
			 capabilities.flags[0], capabilities.flags[1], capabilities.types);
}

static void status_format(const uint8_t *data, size_t size, struct mp_strbuf *text)
{
	struct mp_reservation_registrant one;
	struct mp_reservation_status status;

	assert_int_equal(mp_reservation_decode_status(data, size, &status), 0);
	mp_strbuf_printf(text, "%u:", status.generation);
	while (mp_reservation_next(&status, &one))
		registrant_format(&one, text);
}

static void recorded_answers_of_lio_are_read(void **state)
{
	static const struct {
		const char *name;
		void (*format)(const uint8_t *data, size_t size, struct mp_strbuf *text);
		const char *text;
	} rows[] = {
		{ "lio-nothing", keys_format, "0:" },
		{ "lio-nothing", holder_format, "0:" },
		{ "lio-nothing", status_format, "0:" },
		{ "lio-keys", keys_format, "2: 123abc 123abc" },
		{ "lio-holder", holder_format, "2: 123abc scope 0 type 5" },
		{ "lio-holder-all", holder_format, "2: 0 scope 0 type 8" },
		{ "lio-capabilities", capabilities_format, "8: 1d 91 types ea01" },
		{ "lio-status", status_format,
		  "2: 123abc port 1 6001405000000000; 123abc port 2 holds 5 6001405000000001;" },
		{ "lio-status-all", status_format,
		  "2: 123abc port 1 holds 8 6001405000000000; 123abc port 2 holds 8 6001405000000001;" },
		{ "lio-status-all-ports", status_format, "5: 77 all ports 6001405000000000;" },
		{ "lio-status-iscsi", status_format,
		  "8: 9 port 3 holds 6 iqn.2026-01.test.lab:host,i,0x00023d000001;"
		  " 123abc port 1 6001405000000000;" },
	};
	uint8_t data[256];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
		size_t size = recorded_read(rows[i].name, data, sizeof(data));

		rows[i].format(data, size, &text);
		assert_string_equal(mp_strbuf_text(&text), rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(initiator_ports_follow_with_their_length),
		cmocka_unit_test(the_longest_list_has_room),
		cmocka_unit_test(capabilities_are_read),
		cmocka_unit_test(registrants_are_read_one_by_one),
		cmocka_unit_test(registrants_that_did_not_fit_are_left_out),
		cmocka_unit_test(a_registration_is_found_by_its_ports),
		cmocka_unit_test(parameters_are_at_the_offsets_of_the_standard),
		cmocka_unit_test(registered_keys_are_read),
		cmocka_unit_test(keys_that_did_not_fit_are_left_out),
		cmocka_unit_test(the_holder_is_read),
		cmocka_unit_test(recorded_answers_of_lio_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
