/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/mangling.h"

static void decoding_reverses_encoding(void **state)
{
	static const struct {
		const char *name, *mangled;
	} rows[] = {
		{ "mpatha", "mpatha" }, { "a b", "a\\x20b" },	      { "#+-.:=@_", "#+-.:=@_" },
		{ "\\x", "\\x5cx" },	{ "\xc3\xbc", "\\xc3\\xbc" }, { "", "" },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(mp_mangling_encode(rows[i].name, text, sizeof(text)), 0);
		assert_string_equal(text, rows[i].mangled);
		mp_mangling_decode(text);
		assert_string_equal(text, rows[i].name);
	}
}

static void an_invalid_escape_is_kept(void **state)
{
	static const char *const rows[] = { "\\x", "\\x2", "\\xg0", "a\\", "\\X20" };
	char text[16];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		strcpy(text, rows[i]);
		mp_mangling_decode(text);
		assert_string_equal(text, rows[i]);
	}
}

static void a_name_that_does_not_fit_is_refused(void **state)
{
	char text[8];

	(void)state;
	assert_int_equal(mp_mangling_encode("abcd", text, 4), -ENAMETOOLONG);
	assert_int_equal(mp_mangling_encode("abcd", text, 5), 0);
	assert_int_equal(mp_mangling_encode(" ", text, 4), -ENAMETOOLONG);
	assert_int_equal(mp_mangling_encode(" ", text, 5), 0);
	assert_int_equal(mp_mangling_encode("   ", text, sizeof(text)), -ENAMETOOLONG);
	assert_int_equal(mp_mangling_encode("a ", text, sizeof(text)), 0);
}

#define LETTERS_32 "abcdefghijklmnopqrstuvwxyzabcdef"
#define LETTERS_127 LETTERS_32 LETTERS_32 LETTERS_32 "abcdefghijklmnopqrstuvwxyzabcde"

static void a_name_is_encoded_as_in_the_name_of_its_node(void **state)
{
	static const char *const good[] = { "a", "mpatha", "my disk", "\"", "..a", LETTERS_127 };
	static const char *const bad[] = {
		"",
		"a/b",
		"a\\x20b",
		".",
		"..",
		"control",
		LETTERS_127 "a",
		LETTERS_32 LETTERS_32 LETTERS_32 "abcdefghijklmnopqrstuvwxyz   "
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++)
		assert_true(mp_mangling_can_name(good[i]));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(mp_mangling_can_name(bad[i]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_name_is_encoded_as_in_the_name_of_its_node),
		cmocka_unit_test(decoding_reverses_encoding),
		cmocka_unit_test(an_invalid_escape_is_kept),
		cmocka_unit_test(a_name_that_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
