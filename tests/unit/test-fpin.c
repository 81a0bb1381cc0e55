/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/netlink.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "kernel/fpin.h"

#define WWPN(last) 0x20, 0, 0, 2, 0, 0, 0, last
#define TAG(kind, size) 0, 2, 0, kind, 0, 0, 0, size
#define LINK(reason, ports) \
	WWPN(1), WWPN(2), 0, reason, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 0, ports
#define DELIVERY(reason) WWPN(1), WWPN(2), 0, 0, 0, reason
#define PEER(reason, ports) WWPN(1), WWPN(2), 0, reason, 0, 0, 0, 0, 0, 9, 0, 0, 0, ports
#define OWN(reason) 0, reason, 0, 0, 0, 0, 0, 9, 0xf7, 0, 0, 0

/* Each descriptor as a line: kind, reason, verdict, ports detecting, attached and listed. */
static void read_list(const uint8_t *data, size_t size, struct mp_strbuf *out)
{
	static const char *const verdicts[] = { "ignore", "marginal", "clear" };
	struct mp_fpin_list list;
	struct mp_fpin fpin;

	if (mp_fpin_open(data, size, &list) < 0) {
		mp_strbuf_puts(out, "no FPIN");
		return;
	}
	while (mp_fpin_next(&list, &fpin)) {
		mp_strbuf_printf(out, "%s: %s: %s, %x %x", mp_fpin_kind_text(&fpin),
				 mp_fpin_reason_text(&fpin), verdicts[mp_fpin_judge(&fpin)],
				 (unsigned)fpin.detecting_wwpn & 0xff,
				 (unsigned)fpin.attached_wwpn & 0xff);
		for (size_t i = 0; i < fpin.port_count; i++)
			mp_strbuf_printf(out, " %x", fpin.ports[i * 8 + 7]);
		mp_strbuf_puts(out, "\n");
	}
}

/* clang-format off */
#define BYTES(...) (const uint8_t[]){ __VA_ARGS__ }
#define ROW(text, ...) { text, sizeof(BYTES(__VA_ARGS__)), BYTES(__VA_ARGS__) }
/* clang-format on */
#define ELS(size, ...) 0x16, 0, 0, 0, 0, 0, 0, size, __VA_ARGS__

static void a_notification_is_read_up_to_what_is_there(void **state)
{
	/* clang-format off */
	const struct {
		const char *text;
		size_t size;
		const uint8_t *data;
	} rows[] = {
		ROW("link integrity: invalid CRC: marginal, 1 2 3 4\n",
		    ELS(56, TAG(1, 48), LINK(6, 2), WWPN(3), WWPN(4))),
		ROW("delivery: timeout: marginal, 1 2\n", ELS(28, TAG(2, 20), DELIVERY(1))),
		ROW("peer congestion: credit stall: marginal, 1 2 3\n",
		    ELS(44, TAG(3, 36), PEER(2, 1), WWPN(3))),
		ROW("peer congestion: oversubscription: ignore, 1 2\n", ELS(36, TAG(3, 28), PEER(3, 0))),
		ROW("peer congestion: cleared: clear, 1 2\n", ELS(36, TAG(3, 28), PEER(0, 0))),
		ROW("congestion: lost credit: marginal, 0 0\n", ELS(20, TAG(4, 12), OWN(1))),
		ROW("congestion: cleared: clear, 0 0\n", ELS(20, TAG(4, 12), OWN(0))),
		ROW("link integrity: device specific: marginal, 1 2\n", ELS(40, TAG(1, 32), LINK(15, 0))),
		ROW("link integrity: unknown: marginal, 1 2\n", ELS(40, TAG(1, 32), LINK(9, 0))),
		/* several, and one of an unknown kind between them */
		ROW("delivery: unable to route: marginal, 1 2\ncongestion: credit stall: marginal, 0 0\n",
		    ELS(60, TAG(2, 20), DELIVERY(2), TAG(9, 4), 1, 2, 3, 4, TAG(4, 12), OWN(2))),
		/* more ports claimed than there are; a tail that is no port */
		ROW("link integrity: loss of signal: marginal, 1 2 3\n",
		    ELS(52, TAG(1, 44), LINK(3, 200), WWPN(3), 1, 2, 3, 4)),
		/* fewer ports claimed */
		ROW("link integrity: loss of signal: marginal, 1 2 3\n",
		    ELS(56, TAG(1, 48), LINK(3, 1), WWPN(3), WWPN(4))),
		/* too short for its kind: skipped */
		ROW("congestion: credit stall: marginal, 0 0\n",
		    ELS(48, TAG(2, 19), WWPN(1), WWPN(2), 0, 0, 0, TAG(4, 12), OWN(2))),
		/* longer than the list, and a list shorter than the data */
		ROW("", ELS(28, TAG(2, 200), DELIVERY(1))),
		ROW("", ELS(8, TAG(2, 20), DELIVERY(1))),
		ROW("", ELS(255, TAG(2, 20), WWPN(1))),
		ROW("", ELS(0, TAG(2, 20), DELIVERY(1))),
		ROW("", 0x16, 0, 0, 0, 0, 0, 0, 255),
		ROW("", 0x16, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 2, 0, 1, 0xff, 0xff, 0xff, 0xff),
		ROW("no FPIN", 0x16, 0, 0, 0, 0, 0, 0),
		ROW("no FPIN", 0x17, 0, 0, 0, 0, 0, 0, 0),
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
		uint8_t *exact = malloc(rows[i].size); /* for the sanitizers */

		assert_non_null(exact);
		memcpy(exact, rows[i].data, rows[i].size);
		read_list(exact, rows[i].size, &out);
		free(exact);
		assert_string_equal(mp_strbuf_text(&out), rows[i].text);
	}
}

static void a_port_is_meant_if_it_is_named_anywhere(void **state)
{
	static const uint8_t ports[] = { WWPN(3), WWPN(4) };
	const uint64_t base = 0x2000000200000000;
	const struct mp_fpin fpin = { .kind = MP_FPIN_LINK_INTEGRITY,
				      .detecting_wwpn = base + 1,
				      .attached_wwpn = base + 2,
				      .ports = ports,
				      .port_count = 2 };
	const struct mp_fpin none = { .kind = MP_FPIN_CONGESTION };

	(void)state;
	for (uint64_t last = 0; last < 8; last++)
		assert_int_equal(mp_fpin_names(&fpin, base + last), last >= 1 && last <= 4);
	assert_false(mp_fpin_names(&none, 0));
	assert_true(mp_fpin_parse_wwpn("0x2000000200000001") == base + 1);
	assert_true(mp_fpin_parse_wwpn("") == 0);
	assert_true(mp_fpin_parse_wwpn("iqn.2026-01") == 0);
}

/* As the kernel lays it out. */
struct message {
	struct nlmsghdr header;
	uint8_t version, transport;
	uint16_t magic, type, length;
	uint64_t seconds, vendor;
	uint16_t host, data_size;
	uint32_t number, code;
	uint8_t data[12];
};

static const struct message good = {
	.header = { .nlmsg_len = offsetof(struct message, data) + 8, .nlmsg_type = 0x11 },
	.version = 1,
	.transport = 1,
	.magic = 0xa1b2,
	.type = 0x100,
	.length = 44,
	.host = 3,
	.data_size = 8,
	.number = 7,
	.code = MP_FC_EVENT_FPIN,
	.data = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 },
};

static void only_messages_of_fibre_channel_are_events(void **state)
{
	struct message messages[6];
	struct mp_fc_event event;
	const uint8_t *at;
	size_t size;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		messages[i] = good;
	messages[0].transport = 0;
	messages[1].magic = 0xb2a1;
	messages[2].type = 1; /* vendor's */
	messages[3].header.nlmsg_type = NLMSG_ERROR;
	messages[4].code = MP_FC_EVENT_LINK_UP;
	messages[4].data_size = 4;
	for (size_t i = 0; i < ARRAY_SIZE(messages); i++)
		messages[i].header.nlmsg_len = sizeof(struct message);
	at = (const uint8_t *)messages;
	size = sizeof(messages);
	assert_true(mp_fc_event_next(&at, &size, &event));
	assert_int_equal(event.code, MP_FC_EVENT_LINK_UP);
	assert_int_equal(event.size, 4);
	assert_true(mp_fc_event_next(&at, &size, &event));
	assert_int_equal(event.host, 3);
	assert_int_equal(event.code, MP_FC_EVENT_FPIN);
	assert_int_equal(event.size, 8);
	assert_memory_equal(event.data, good.data, 8);
	assert_false(mp_fc_event_next(&at, &size, &event));
	assert_int_equal(size, 0);
}

static void no_length_in_a_message_is_believed(void **state)
{
	static const struct {
		size_t received;
		uint32_t claimed;
		uint16_t data_claimed;
		int data_read; /* -1: no event */
		/* clang-format off */
	} rows[] = {
		{ 60, 60, 8, 8 }, { 60, 60, 65535, 8 }, { 60, 52, 8, 0 }, { 60, 51, 8, -1 },
		{ 60, 61, 8, -1 }, { 60, 0xffffffff, 8, -1 }, { 60, 15, 8, -1 }, { 60, 0, 8, -1 },
		{ 60, 16, 8, -1 }, { 52, 52, 8, 0 }, { 51, 51, 8, -1 }, { 15, 15, 8, -1 }, { 0, 0, 0, -1 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct message message = good;
		uint8_t *exact = malloc(rows[i].received + !rows[i].received);
		const uint8_t *at = exact;
		size_t size = rows[i].received;
		struct mp_fc_event event;

		assert_non_null(exact);
		message.header.nlmsg_len = rows[i].claimed;
		message.data_size = rows[i].data_claimed;
		memcpy(exact, &message, size);
		assert_int_equal(mp_fc_event_next(&at, &size, &event), rows[i].data_read >= 0);
		if (rows[i].data_read >= 0) {
			assert_int_equal(event.size, rows[i].data_read);
			assert_false(mp_fc_event_next(&at, &size, &event));
		}
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_notification_is_read_up_to_what_is_there),
		cmocka_unit_test(a_port_is_meant_if_it_is_named_anywhere),
		cmocka_unit_test(only_messages_of_fibre_channel_are_events),
		cmocka_unit_test(no_length_in_a_message_is_believed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
