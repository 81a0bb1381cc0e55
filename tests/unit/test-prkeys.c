/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/prkeys.h"

#include <errno.h>

#include "hostile.h"
#include "scratch_dir.h"

static void a_key_is_hexadecimal_and_may_be_aptpl(void **state)
{
	static const struct {
		const char *text;
		int error;
		uint64_t key;
		bool aptpl;
	} rows[] = {
		{ "123abc", 0, 0x123abc, false },
		{ "0x123ABC", 0, 0x123abc, false },
		{ "0X1:aptpl", 0, 1, true },
		{ "ffffffffffffffff:aptpl", 0, UINT64_MAX, true },
		{ "0x00000000000000001", -EINVAL, 0, false },
		{ "", -EINVAL, 0, false },
		{ "0x", -EINVAL, 0, false },
		{ "0", -EINVAL, 0, false },
		{ "0x0:aptpl", -EINVAL, 0, false },
		{ "12g", -EINVAL, 0, false },
		{ "12:", -EINVAL, 0, false },
		{ "12:APTPL", -EINVAL, 0, false },
		{ "-1", -EINVAL, 0, false },
		{ " 1", -EINVAL, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_prkey key = { 0 };

		if (mp_prkey_parse(rows[i].text, &key) != rows[i].error)
			fail_msg("\"%s\"", rows[i].text);
		assert_true(key.key == rows[i].key && key.aptpl == rows[i].aptpl);
	}
}

static void a_line_is_valid_if_it_is_complete(void **state)
{
	static const struct {
		const char *text;
		uint64_t key; /* 0 none */
		bool aptpl;
	} rows[] = {
		{ "0x0000000000123abc w\n", 0x123abc, false },
		{ "0X0000000000123abc w\n", 0x123abc, true },
		{ "# header\n0x0000000000000001 v\n0x0000000000000002 w", 2, false },
		{ "0x0000000000000001 w\n0x0000000000000002 w\n", 2, false },
		{ "0x0000000000000001 w\n#x0000000000000002 w\n", 1, false },
		{ "0x0000000000000001 w \r\n", 1, false },
		{ "#x0000000000000001 w\n", 0, false },
		{ "0x0000000000000000 w\n", 0, false },
		{ "0x000000000000001 w\n", 0, false },
		{ "0x00000000000000001 w\n", 0, false },
		{ "0x000000000000000g w\n", 0, false },
		{ "0x0000000000000001 ww\n", 0, false },
		{ "0x0000000000000001\n", 0, false },
		{ " 0x0000000000000001 w\n", 0, false },
		{ "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_prkey key = { 0 };
		int r = mp_prkeys_find(rows[i].text, strlen(rows[i].text), "w", &key);

		if (r != (rows[i].key ? 0 : -ENOENT) || key.key != rows[i].key ||
		    key.aptpl != rows[i].aptpl)
			fail_msg("row %zu: %d, key %llx", i, r, (unsigned long long)key.key);
	}
}

static void a_key_overwrites_the_line_that_is_there(void **state)
{
	static const struct mp_prkey one = { .key = 1 }, two = { .key = 2, .aptpl = true };
	static const struct {
		const char *text, *wwid;
		const struct mp_prkey *key;
		int result;
		const char *after;
	} rows[] = {
		{ "#\n", "w", &one, 1, "#\n0x0000000000000001 w\n" },
		{ "#", "w", &two, 1, "#\n0X0000000000000002 w\n" },
		{ "0x0000000000000001 w\n#\n", "w", &two, 1, "0X0000000000000002 w\n#\n" },
		{ "#x0000000000000003 w\n#\n", "w", &one, 1, "0x0000000000000001 w\n#\n" },
		{ "#x0000000000000003 v\n", "w", &one, 1,
		  "#x0000000000000003 v\n0x0000000000000001 w\n" },
		{ "0x0000000000000001 w\n#x0000000000000003 w\n", "w", &two, 1,
		  "0X0000000000000002 w\n#x0000000000000003 w\n" },
		{ "0x0000000000000001 w\n", "w", &one, 0, NULL },
		{ "0x0000000000000001 w\n", "w", NULL, 1, "#x0000000000000001 w\n" },
		{ "0x0000000000000001 w\n0x0000000000000001 v\n0X0000000000000002 w", "w", NULL, 1,
		  "#x0000000000000001 w\n0x0000000000000001 v\n#X0000000000000002 w" },
		{ "#x0000000000000001 w\n", "w", NULL, 0, NULL },
		{ "", "w", NULL, 0, NULL },
		{ "", "", &one, -EINVAL, NULL },
		{ "#\n", "v w", &one, 1, "#\n0x0000000000000001 v\\x20w\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf after = MP_STRBUF_INIT;
		int r = mp_prkeys_edit(rows[i].text, strlen(rows[i].text), rows[i].wwid,
				       rows[i].key, &after);

		if (r != rows[i].result)
			fail_msg("row %zu: %d", i, r);
		assert_string_equal(mp_strbuf_text(&after), rows[i].after ? rows[i].after : "");
	}
}

static void notes_are_read_back_as_written(void **state)
{
	struct mp_prkey key;

	for (size_t i = 0; i < ARRAY_SIZE(hostile_words); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		key = (struct mp_prkey){ .key = i + 1, .aptpl = i % 2 };
		assert_int_equal(mp_prkeys_write(*state, hostile_words[i], &key, &text), 1);
		mp_strbuf_clear(&text);
		assert_int_equal(mp_prkeys_write(*state, hostile_words[i], &key, &text), 0);
	}
	for (size_t i = 0; i < ARRAY_SIZE(hostile_words); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

		assert_int_equal(mp_prkeys_load(*state, &text), 0);
		assert_int_equal(mp_prkeys_find(text.text, text.length, hostile_words[i], &key), 0);
		assert_true(key.key == i + 1 && key.aptpl == i % 2);
		mp_strbuf_clear(&text);
		assert_int_equal(mp_prkeys_write(*state, hostile_words[i], NULL, &text), 1);
		assert_int_equal(mp_prkeys_find(text.text, text.length, hostile_words[i], &key),
				 -ENOENT);
	}
}

static void the_file_is_created_with_its_header_and_kept(void **state)
{
	const char *dir = *state;
	const struct mp_prkey key = { .key = 0x123abc }, other = { .key = 0xdef, .aptpl = true };
	_cleanup_strbuf_ struct mp_strbuf first = MP_STRBUF_INIT, second = MP_STRBUF_INIT,
					  third = MP_STRBUF_INIT, loaded = MP_STRBUF_INIT;
	_cleanup_free_ char *text = NULL;
	struct mp_prkey found;

	assert_int_equal(mp_prkeys_load(dir, &loaded), 0);
	assert_int_equal(loaded.length, 0);
	assert_int_equal(mp_prkeys_write(dir, "w", &key, &first), 1);
	assert_int_equal(strncmp(first.text,
				 "# Multipath persistent reservation keys, Version : 1.0\n", 55),
			 0);
	assert_non_null(strstr(first.text, "#\n0x0000000000123abc w\n"));
	assert_int_equal(scratch_mode(dir, "prkeys"), 0600);
	assert_int_equal(mp_prkeys_write(dir, "v", &other, &second), 1);
	assert_int_equal(mp_prkeys_write(dir, "w", NULL, &third), 1);
	assert_int_equal(mp_prkeys_load(dir, &loaded), 0);
	text = scratch_read(dir, "prkeys");
	assert_string_equal(text, third.text);
	assert_string_equal(text, loaded.text);
	assert_int_equal(mp_prkeys_find(text, strlen(text), "w", &found), -ENOENT);
	assert_int_equal(mp_prkeys_find(text, strlen(text), "v", &found), 0);
	assert_true(found.key == 0xdef && found.aptpl);
	mp_strbuf_clear(&third);
	assert_int_equal(mp_prkeys_write(dir, "w", NULL, &third), 0);
	assert_string_equal(text, third.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_is_hexadecimal_and_may_be_aptpl),
		cmocka_unit_test(a_line_is_valid_if_it_is_complete),
		cmocka_unit_test(a_key_overwrites_the_line_that_is_there),
		scratch_test(notes_are_read_back_as_written),
		scratch_test(the_file_is_created_with_its_header_and_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
