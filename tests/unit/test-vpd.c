/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/vpd.h"

/*
 * scsi_debug's page: T10, NAA 3 of the unit, relative port, NAA 3 and group of the port, NAA 3 and
 * name of the target
 */
#define SCSI_DEBUG \
	"00830070" \
	"0201001c 4c696e7578202020 736373695f646562 7567202020202020 32303030" \
	"01030008 33333330000007d0 61940004 00000001 61930008 32222220000007ce" \
	"61950004 00000100 61a30008 32222220000007cd" \
	"63a80018 6e61612e33323232 3232323030303030 3037434400000000"

/* Bytes of a text in hex; blanks are skipped. */
static size_t bytes(const char *hex, uint8_t *data)
{
	size_t count = 0;

	for (; *hex; hex++) {
		unsigned value;

		if (*hex == ' ')
			continue;
		value = isdigit((unsigned char)*hex) ? *hex - '0' : *hex - 'a' + 10;
		data[count / 2] = count % 2 ? data[count / 2] | value : value << 4;
		count++;
	}
	return count / 2;
}

/* A page 0x83 of these designators. */
static size_t page_of(const char *designators, uint8_t *page)
{
	size_t length = bytes(designators, page + 4);

	page[0] = 0;
	page[1] = 0x83;
	page[2] = length >> 8;
	page[3] = length;
	return length + 4;
}

struct wwid_case {
	const char *what;
	const char *designators;
	const char *wwid; /* NULL: none */
};

static void the_best_designator_is_the_wwid(void **state)
{
	static const struct wwid_case cases[] = {
		{ "NAA 6", "01030010 60060e80 12345678 9abcdef0 12345678",
		  "360060e80123456789abcdef012345678" },
		{ "NAA 5", "01030008 50014380 0000abcd", "3500143800000abcd" },
		{ "NAA 2", "01030008 20014380 0000abcd", "3200143800000abcd" },
		{ "NAA 3", "01030008 30014380 0000abcd", "3300143800000abcd" },
		{ "NAA of a reserved kind", "01030008 40014380 0000abcd", NULL },
		{ "NAA 6 of NAA 5's length", "01030008 60014380 0000abcd", NULL },
		{ "NAA 5 of NAA 6's length", "01030010 50060e80 12345678 9abcdef0 12345678", NULL },
		{ "NAA without data", "01030000", NULL },
		{ "EUI-64 of 8 bytes", "01020008 0011223344556677", "20011223344556677" },
		{ "EUI-64 of 12 bytes", "0102000c 0011223344556677 8899aabb",
		  "200112233445566778899aabb" },
		{ "EUI-64 of 16 bytes", "01020010 0011223344556677 8899aabbccddeeff",
		  "200112233445566778899aabbccddeeff" },
		{ "EUI-64 of 9 bytes", "01020009 0011223344556677 88", NULL },
		{ "name eui.", "03080014 6575692e 3030313132323333 3434353541414242",
		  "2001122334455aabb" },
		{ "name naa. in capitals, padded", "0308000c 6e61612e 3541423100000000", "35ab1" },
		{ "name iqn.", "0308000c 69716e2e 4c616e2e41620000", "8Lan.Ab" },
		{ "name of another kind", "0308000c 7575692e 4c616e2e41620000", NULL },
		{ "name with a blank", "0308000c 69716e2e 4c2061 6e2e416200", NULL },
		{ "name that is only a prefix", "03080004 6e61612e", NULL },
		{ "T10", "02010010 56454e444f522020 20313220 33202020", "1VENDOR_12_3" },
		{ "T10 with a NUL", "0201000c 56454e444f522020 31320033", "1VENDOR_12" },
		{ "T10 too short", "02010007 56454e444f5220", NULL },
		{ "T10 of blanks", "02010008 2020202020202020", NULL },
		{ "T10 with a newline", "02010008 564e0a44 4f522020", NULL },
		{ "vendor specific", "01000008 50014380 0000abcd", NULL },
		{ "group, MD5, UUID",
		  "01060004 00000001 01070004 00000001 010a0008 0011223344556677", NULL },
		{ "of the port", "01130008 50014380 0000abcd", NULL },
		{ "of the target", "01230008 50014380 0000abcd", NULL },
		{ "of a reserved association", "01330008 50014380 0000abcd", NULL },
		{ "nothing", "", NULL },

		{ "NAA 6 before NAA 5",
		  "01030008 50014380 0000abcd 01030010 60060e80 12345678 9abcdef0 12345678",
		  "360060e80123456789abcdef012345678" },
		{ "NAA 5 before NAA 2", "01030008 20014380 0000abcd 01030008 50014380 0000abcd",
		  "3500143800000abcd" },
		{ "NAA 2 before EUI-64", "01020008 0011223344556677 01030008 20014380 0000abcd",
		  "3200143800000abcd" },
		{ "EUI-64 before name",
		  "0308000c 6e61612e 3541423100000000 01020008 0011223344556677",
		  "20011223344556677" },
		{ "name before T10", "02010008 56454e444f522020 0308000c 6e61612e 3541423100000000",
		  "35ab1" },
		{ "T10 before NAA 3", "01030008 30014380 0000abcd 02010008 56454e444f523131",
		  "1VENDOR11" },
		{ "the first of equals", "01030008 50014380 0000abcd 01030008 50014380 00001111",
		  "3500143800000abcd" },
		{ "after an invalid one", "01030005 5001438000 01030008 50014380 0000abcd",
		  "3500143800000abcd" },
		{ "one behind the end is ignored", "02010008 56454e444f523131 01030008 50014380",
		  "1VENDOR11" },
	};
	uint8_t page[1024];
	char wwid[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t size = page_of(cases[i].designators, page);
		int r = mp_vpd_wwid(page, size, NULL, wwid, sizeof(wwid));

		if (cases[i].wwid && (r != 0 || strcmp(wwid, cases[i].wwid)))
			fail_msg("%s: %d, %s instead of %s", cases[i].what, r, r ? "" : wwid,
				 cases[i].wwid);
		if (!cases[i].wwid && r != -ENOENT)
			fail_msg("%s: %d", cases[i].what, r);
	}
}

static void names_formed_by_udev_are_recognized_by_their_length(void **state)
{
	static const char *const names[] = {
		"3500143800000abcd",
		"360060e80123456789abcdef012345678",
		"20011223344556677",
		"200112233445566778899aabb",
		"200112233445566778899aabbccddeeff",
		"3500143800000ABCD",
	};
	static const char *const others[] = {
		"",
		"3",
		"350014380000abcd",
		"3500143800000abcg",
		"1VENDOR11",
		"0QEMU_QEMU_HARDDISK_1",
		"0x500143800000abcd",
		"6001405aaaaaaaaaaaaaaaaaaaaaaaaa",
		"eui.0011223344556677",
		"300112233445566778899aabb",
		"SATA_disk_500143800000",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!mp_vpd_is_name(names[i]))
			fail_msg("%s", names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (mp_vpd_is_name(others[i]))
			fail_msg("%s", others[i]);
}

static void a_known_name_stays_while_it_is_on_the_page(void **state)
{
	static const struct {
		const char *known, *designators, *wwid;
	} cases[] = {
		{ "3500143800000abcd",
		  "01030008 50014380 0000abcd 01030010 60060e80 12345678 9abcdef0 12345678",
		  "3500143800000abcd" },
		{ "1VENDOR11", "01030008 50014380 0000abcd 02010008 56454e44 4f523131",
		  "1VENDOR11" },
		{ "3500143800000abcd", "01030008 50014380 00001111 02010008 56454e44 4f523131",
		  "35001438000001111" },
		{ "3500143800000abcd", "01130008 50014380 0000abcd 02010008 56454e44 4f523131",
		  "1VENDOR11" },
		{ "", "02010008 56454e44 4f523131", "1VENDOR11" },
		/* scsi_id(8) derives these, and mp_vpd_wwid() by itself does not. */
		{ "34001438000ab00cd", "01030008 40014380 00ab00cd 02010008 56454e44 4f523131",
		  "34001438000ab00cd" },
		{ "36006016012345678",
		  "02030010 36303036 30313630 31323334 35363738 02010008 56454e44 4f523131",
		  "36006016012345678" },
		{ "36006016012345678",
		  "02030010 36303036 30313630 31323334 35363739 02010008 56454e44 4f523131",
		  "1VENDOR11" },
		{ "36006016012345678",
		  "02130010 36303036 30313630 31323334 35363738 02010008 56454e44 4f523131",
		  "1VENDOR11" },
	};
	uint8_t page[256];
	char wwid[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t size = page_of(cases[i].designators, page);

		assert_int_equal(mp_vpd_wwid(page, size, cases[i].known, wwid, sizeof(wwid)), 0);
		assert_string_equal(wwid, cases[i].wwid);
	}
}

/*
 * EMC Symmetrix with its SPC bits off: no descriptors, and the third byte is part of the vendor's
 * number.
 */
static void a_page_of_scsi2_is_the_name_itself(void **state)
{
	static const struct wwid_case cases[] = {
		{ "NAA 6", "60060480 00028790 10235330 30303041",
		  "360060480000287901023533030303041" },
		{ "NAA 5", "50060482 cafe0001", "350060482cafe0001" },
		{ "too short for its kind", "60060480 00028790", NULL },
		{ "no NAA", "40060480 00028790 10235330 30303041", NULL },
		{ "a reserved byte that is not 0 makes no name", "0103ff08 50014380 0000abcd",
		  "3500143800000abcd" },
	};
	uint8_t page[256];
	char wwid[128];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t size = page_of(cases[i].designators, page);
		int r = mp_vpd_wwid(page, size, NULL, wwid, sizeof(wwid));

		if (cases[i].wwid ? r != 0 || strcmp(wwid, cases[i].wwid) : r != -ENOENT)
			fail_msg("%s: %d, %s", cases[i].what, r, r ? "" : wwid);
		assert_int_equal(mp_vpd_tpg(page, size), -ENOENT);
	}
}

static void a_recorded_page_is_read(void **state)
{
	uint8_t page[256];
	size_t size = bytes(SCSI_DEBUG, page);
	char wwid[128];

	(void)state;
	assert_int_equal(mp_vpd_wwid(page, size, NULL, wwid, sizeof(wwid)), 0);
	assert_string_equal(wwid, "1Linux_scsi_debug_2000");
	assert_int_equal(mp_vpd_tpg(page, size), 0x100);
	assert_int_equal(mp_vpd_target_port(page, size), 1);
}

static void a_wwid_that_does_not_fit_is_cut(void **state)
{
	static const struct {
		const char *designators;
		size_t size;
		const char *wwid;
	} cases[] = {
		{ "01030008 50014380 0000abcd", 18, "3500143800000abcd" },
		{ "01030008 50014380 0000abcd", 17, "3500143800000ab" },
		{ "01030008 50014380 0000abcd", 16, "3500143800000ab" },
		{ "01030008 50014380 0000abcd", 4, "350" },
		{ "01030008 50014380 0000abcd", 2, "3" },
		{ "01030008 50014380 0000abcd", 1, "" },
		{ "02010008 56454e444f523131", 5, "1VEN" },
		{ "0308000c 6e61612e 3541423100000000", 3, "35" },
		{ "0308000c 6e61612e 3541423100000000", 1, "" },
	};
	uint8_t page[256];
	char wwid[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(mp_vpd_wwid(page, page_of(cases[i].designators, page), NULL, wwid,
					     cases[i].size),
				 0);
		assert_string_equal(wwid, cases[i].wwid);
	}
}

/* Whatever length the page claims, and wherever it is truncated. */
static void no_byte_after_the_data_matters(void **state)
{
	uint8_t page[256];
	size_t size = bytes(SCSI_DEBUG, page);
	char wwid[128];

	(void)state;
	page[2] = page[3] = 0xff;
	for (size_t cut = 0; cut <= size; cut++) {
		int r = mp_vpd_wwid(page, cut, NULL, wwid, sizeof(wwid));

		assert_true(r == 0 || r == -ENOENT || (cut < 4 && r == -EBADMSG));
		r = mp_vpd_tpg(page, cut);
		assert_true(r == 0x100 || r == -ENOENT || (cut < 4 && r == -EBADMSG));
		r = mp_vpd_target_port(page, cut);
		assert_true(r == 1 || r == -ENOENT || (cut < 4 && r == -EBADMSG));
	}
	page[1] = 0x80;
	assert_int_equal(mp_vpd_wwid(page, size, NULL, wwid, sizeof(wwid)), -EBADMSG);
	assert_int_equal(mp_vpd_tpg(page, size), -EBADMSG);
}

static void a_serial_number_has_no_blanks_around(void **state)
{
	static const struct {
		const char *page;
		const char *serial;
	} cases[] = {
		{ "00800004 32303030", "2000" },
		{ "00800008 2020 3230 3030 2020", "2000" },
		{ "00800005 32 30 20 30 20", "20 0" },
		{ "00800003 202020", "" },
		{ "00800000", "" },
		{ "00800010 3230", "20" },
		{ "00800004 320a3000", "2?0" },
	};
	uint8_t page[64];
	char serial[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(mp_vpd_serial(page, bytes(cases[i].page, page), serial,
					       sizeof(serial)),
				 0);
		assert_string_equal(serial, cases[i].serial);
	}
	assert_int_equal(mp_vpd_serial(page, bytes("00830004 32303030", page), serial,
				       sizeof(serial)),
			 -EBADMSG);
	assert_int_equal(mp_vpd_serial(page, 3, serial, sizeof(serial)), -EBADMSG);
	assert_int_equal(mp_vpd_serial(page, bytes("00800004 32303030", page), serial, 3), 0);
	assert_string_equal(serial, "20");
}

static void a_3par_volume_has_a_name(void **state)
{
	uint8_t page[64] = { 0, 0xc0, 0, 56, 4, [43] = 8, 'd', 'b', '_', '1' };
	char name[16];

	(void)state;
	assert_int_equal(mp_vpd_hp3par(page, sizeof(page), name, sizeof(name)), 0);
	assert_string_equal(name, "db_1");
	page[40] = 0xff; /* longer than the page */
	assert_int_equal(mp_vpd_hp3par(page, sizeof(page), name, sizeof(name)), 0);
	assert_string_equal(name, "db_1");
	assert_int_equal(mp_vpd_hp3par(page, 46, name, sizeof(name)), 0);
	assert_string_equal(name, "db");
	assert_int_equal(mp_vpd_hp3par(page, 43, name, sizeof(name)), -ENODATA);
	page[4] = 3;
	assert_int_equal(mp_vpd_hp3par(page, sizeof(page), name, sizeof(name)), -ENODATA);
	page[1] = 0x83;
	assert_int_equal(mp_vpd_hp3par(page, sizeof(page), name, sizeof(name)), -EBADMSG);
}

static void inquiry_data_has_vendor_product_and_revision(void **state)
{
	uint8_t data[64];
	struct mp_inquiry inquiry;
	size_t size = bytes(
		"00000702 5b10100a 4c696e7578202020 736373695f6465627567202020202020 30313931",
		data);

	(void)state;
	assert_int_equal(mp_inquiry_parse(data, size, &inquiry), 0);
	assert_string_equal(inquiry.vendor, "Linux");
	assert_string_equal(inquiry.product, "scsi_debug");
	assert_string_equal(inquiry.revision, "0191");
	assert_int_equal(inquiry.device_type, 0);
	assert_int_equal(inquiry.tpgs, 1);
	assert_int_equal(mp_inquiry_parse(data, 35, &inquiry), -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_best_designator_is_the_wwid),
		cmocka_unit_test(a_page_of_scsi2_is_the_name_itself),
		cmocka_unit_test(a_known_name_stays_while_it_is_on_the_page),
		cmocka_unit_test(names_formed_by_udev_are_recognized_by_their_length),
		cmocka_unit_test(a_recorded_page_is_read),
		cmocka_unit_test(a_wwid_that_does_not_fit_is_cut),
		cmocka_unit_test(no_byte_after_the_data_matters),
		cmocka_unit_test(a_serial_number_has_no_blanks_around),
		cmocka_unit_test(a_3par_volume_has_a_name),
		cmocka_unit_test(inquiry_data_has_vendor_product_and_revision),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
