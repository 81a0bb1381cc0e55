/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/label.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* A disk of 8 MiB in sectors of 512 bytes: written down from the layout, field by field. */
static const uint8_t by_hand[512] = {
	/* magic */ 'G',
	'E',
	'O',
	'M',
	':',
	':',
	'M',
	'U',
	'L',
	'T',
	'I',
	'P',
	'A',
	'T',
	'H',
	0,
	/* uuid */ 'd',
	'3',
	'c',
	'd',
	'8',
	'b',
	'a',
	'2',
	'-',
	'9',
	'a',
	'3',
	'd',
	'-',
	'1',
	'1',
	'd',
	'f',
	'-',
	'a',
	'7',
	'd',
	'e',
	'-',
	'0',
	'0',
	'1',
	'c',
	'2',
	'3',
	'd',
	'1',
	'f',
	'f',
	'3',
	'f',
	0,
	0,
	0,
	0,
	/* name */ 'F',
	'O',
	'O',
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	/* version */ 1,
	0,
	0,
	0,
	/* sector size */ 0,
	2,
	0,
	0,
	/* media size */ 0,
	0,
	0x80,
	0,
	0,
	0,
	0,
	0,
	/* mode: Active/Read */ 2,
};

static const struct mp_label foo = {
	.uuid = "d3cd8ba2-9a3d-11df-a7de-001c23d1ff3f",
	.name = "FOO",
	.media_bytes = 8 << 20,
	.sector_bytes = 512,
	.mode = MP_GEOM_ACTIVE_READ,
};

static void a_label_is_the_layout_byte_for_byte(void **state)
{
	uint8_t sector[512];
	struct mp_label label;

	(void)state;
	memset(sector, 0xff, sizeof(sector));
	assert_int_equal(mp_label_encode(&foo, sector, sizeof(sector)), 0);
	assert_memory_equal(sector, by_hand, sizeof(by_hand));
	assert_int_equal(mp_label_decode(by_hand, sizeof(by_hand), 8 << 20, &label), 0);
	assert_string_equal(label.uuid, foo.uuid);
	assert_string_equal(label.name, foo.name);
	assert_int_equal(label.mode, MP_GEOM_ACTIVE_READ);
	assert_int_equal(label.sector_bytes, 512);
	assert_true(label.media_bytes == foo.media_bytes);
}

static void a_label_that_does_not_fit_its_disk_is_not_trusted(void **state)
{
	static const struct {
		const char *what;
		size_t at;
		uint8_t byte;
		int result;
	} cases[] = {
		{ "nothing wrong", 0, 'G', 0 },
		{ "magic", 0, 'g', -ENOENT },
		{ "end of magic", 15, 'X', -ENOENT },
		{ "version 2", 72, 2, -EPROTONOSUPPORT },
		{ "version 257", 73, 1, -EPROTONOSUPPORT },
		{ "no uuid", 16, 0, -EBADMSG },
		{ "blank in uuid", 17, ' ', -EBADMSG },
		{ "no name", 56, 0, -EBADMSG },
		{ "slash in name", 57, '/', 0 },
		{ "hidden name", 56, '.', 0 },
		{ "control character in name", 57, 7, 0 },
		{ "mode 3", 88, 3, -EBADMSG },
		{ "sector size", 77, 16, -ERANGE },
		{ "media size", 82, 0x81, -ERANGE },
		{ "whatever follows", 89, 1, 0 },
	};
	uint8_t sector[512];
	struct mp_label label;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memcpy(sector, by_hand, sizeof(sector));
		sector[cases[i].at] = cases[i].byte;
		if (mp_label_decode(sector, sizeof(sector), 8 << 20, &label) != cases[i].result)
			fail_msg("%s", cases[i].what);
	}
	assert_int_equal(mp_label_decode(by_hand, 511, 8 << 20, &label), -ENOENT);
	assert_int_equal(mp_label_decode(by_hand, 512, (8 << 20) - 512, &label), -ERANGE);
}

static void texts_must_end_within_their_fields(void **state)
{
	uint8_t sector[512];
	struct mp_label label;

	(void)state;
	memcpy(sector, by_hand, sizeof(sector));
	memset(sector + 16, 'a', 40);
	assert_int_equal(mp_label_decode(sector, sizeof(sector), 8 << 20, &label), -EBADMSG);
	memcpy(sector, by_hand, sizeof(sector));
	memset(sector + 56, 'a', 16);
	assert_int_equal(mp_label_decode(sector, sizeof(sector), 8 << 20, &label), -EBADMSG);
	sector[71] = 0;
	assert_int_equal(mp_label_decode(sector, sizeof(sector), 8 << 20, &label), 0);
	assert_string_equal(label.name, "aaaaaaaaaaaaaaa");
}

static void values_that_do_not_fit_are_not_encoded(void **state)
{
	uint8_t sector[4096];
	struct mp_label label = foo;

	(void)state;
	assert_int_equal(mp_label_encode(&label, sector, 4096), -EINVAL);
	label.sector_bytes = 4096;
	assert_int_equal(mp_label_encode(&label, sector, 4096), 0);
	strcpy(label.name, "a b");
	assert_int_equal(mp_label_encode(&label, sector, 4096), 0);
	strcpy(label.name, "");
	assert_int_equal(mp_label_encode(&label, sector, 4096), -EINVAL);
	label = foo;
	label.mode = 3;
	assert_int_equal(mp_label_encode(&label, sector, 512), -EINVAL);
	assert_false(mp_label_name_is_valid("sixteen-bytes-ab"));
	assert_true(mp_label_name_is_valid("fifteen-bytes-a"));
}

static void any_label_has_a_name_that_a_map_can_have(void **state)
{
	static const struct {
		const char *name, *want;
		bool own;
	} cases[] = {
		{ "FOO", "FOO", true },
		{ "a%b+c#d", "a%b+c#d", true },
		{ "a.b", "a.b", true },
		{ "fifteen-bytes-a", "fifteen-bytes-a", true },
		{ "my disk", "my_disk", false },
		{ "\xc3\xbcni", "_ni", false },
		{ ".hidden", "_hidden", false },
		{ "..", "_.", false },
		{ "a\\x41", "a_x41", false },
		{ "a/b\tc\x1b", "a_b_c_", false },
		{ "\xe2\x82\xac\xe2\x82\xac", "__", false },
		{ "\xbf\xbf", "_", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[MP_LABEL_NAME_SIZE];

		if (mp_label_map_name(cases[i].name, name) != cases[i].own ||
		    strcmp(name, cases[i].want) || !mp_label_name_is_valid(name) ||
		    mp_label_name_is_valid(cases[i].name) != cases[i].own)
			fail_msg("%s: %s", cases[i].want, name);
	}
	assert_false(mp_label_name_is_valid(""));
}

static void the_content_of_a_sector_is_named(void **state)
{
	static const uint8_t gpt[512] = "EFI PART", mirror[512] = "GEOM::MIRROR", zero[512],
			     noise[512] = { 7 };

	(void)state;
	assert_string_equal(mp_label_describe_sector(gpt, 512), "a GPT backup header");
	assert_string_equal(mp_label_describe_sector(mirror, 512), "a GEOM mirror (gmirror)");
	assert_string_equal(mp_label_describe_sector(by_hand, 512), "a GEOM multipath label");
	assert_null(mp_label_describe_sector(zero, 512));
	assert_null(mp_label_describe_sector(noise, 512));
	assert_true(mp_label_sector_is_zero(zero, 512));
	assert_false(mp_label_sector_is_zero(noise, 512));
}

static void only_the_last_sector_is_written_and_only_if_unchanged_since_it_was_read(void **state)
{
	static const struct mp_label_disk disk = { .media_bytes = 64 << 10, .sector_bytes = 512 };
	static const uint8_t zero[512], other[512] = "EFI PART";
	char file[] = "/tmp/test-label-XXXXXX";
	uint8_t image[64 << 10], before[512];
	int fd = mkstemp(file);

	(void)state;
	assert_true(fd >= 0);
	unlink(file);
	memset(image, 0xa5, sizeof(image));
	memcpy(before, image, sizeof(before));
	assert_int_equal(write(fd, image, sizeof(image)), sizeof(image));
	assert_int_equal(mp_label_replace(fd, &disk, other, by_hand), -ESTALE);
	assert_int_equal(mp_label_replace(fd, &disk, zero, by_hand), -ESTALE);
	assert_int_equal(pread(fd, image, sizeof(image), 0), sizeof(image));
	for (size_t i = 0; i < sizeof(image); i++)
		assert_int_equal(image[i], 0xa5);
	assert_int_equal(mp_label_replace(fd, &disk, before, by_hand), 0);
	assert_int_equal(pread(fd, image, sizeof(image), 0), sizeof(image));
	for (size_t i = 0; i < sizeof(image) - 512; i++)
		assert_int_equal(image[i], 0xa5);
	assert_memory_equal(image + sizeof(image) - 512, by_hand, 512);
	assert_int_equal(mp_label_replace(fd, &disk, before, zero), -ESTALE);
	assert_int_equal(mp_label_replace(fd, &disk, by_hand, zero), 0);
	assert_int_equal(pread(fd, image, sizeof(image), 0), sizeof(image));
	assert_true(mp_label_sector_is_zero(image + sizeof(image) - 512, 512));
	assert_int_equal(image[sizeof(image) - 513], 0xa5);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_label_is_the_layout_byte_for_byte),
		cmocka_unit_test(a_label_that_does_not_fit_its_disk_is_not_trusted),
		cmocka_unit_test(texts_must_end_within_their_fields),
		cmocka_unit_test(values_that_do_not_fit_are_not_encoded),
		cmocka_unit_test(any_label_has_a_name_that_a_map_can_have),
		cmocka_unit_test(the_content_of_a_sector_is_named),
		cmocka_unit_test(
			only_the_last_sector_is_written_and_only_if_unchanged_since_it_was_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
