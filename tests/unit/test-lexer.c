/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "config/lexer.h"

struct row {
	const char *line;
	const char *tokens[MP_LINE_TOKENS + 1]; /* kind letter and text: w word, s string, u string
						   without end, { and } */
};

static void a_line_is_split_into_words_strings_and_braces(void **state)
{
	static const struct row rows[] = {
		{ "", { 0 } },
		{ " \t\r\v\f", { 0 } },
		{ "# comment", { 0 } },
		{ "! comment", { 0 } },
		{ "defaults {", { "wdefaults", "{" } },
		{ "defaults{", { "wdefaults", "{" } },
		{ "  }", { "}" } },
		{ "}}", { "}", "}" } },
		{ "no_path_retry 5 # five", { "wno_path_retry", "w5" } },
		{ "prio_args \"a  b\"", { "wprio_args", "sa  b" } },
		{ "vendor \"a\"\"b\"", { "wvendor", "sa\"b" } },
		{ "vendor \"\"", { "wvendor", "s" } },
		{ "vendor \"\"\"\"", { "wvendor", "s\"" } },
		{ "vendor \"#!{}\"", { "wvendor", "s#!{}" } },
		{ "vendor \"abc", { "wvendor", "uabc" } },
		{ "vendor \"abc\"\"", { "wvendor", "uabc\"" } },
		{ "vendor \"", { "wvendor", "u" } },
		{ "a b c d e", { "wa", "wb", "wc" } },
		{ "vendor foo\"bar\"", { "wvendor", "wfoo", "sbar" } },
		{ "a\xc3\xa4z b", { "wa", "wz", "wb" } },
		{ "vendor \"\xc3\xa4\"", { "wvendor", "s\xc3\xa4" } },
	};
	_cleanup_(mp_lexer_fini) struct mp_lexer lexer = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_line line;

		assert_int_equal(mp_lexer_split(&lexer, rows[i].line, strlen(rows[i].line), &line),
				 0);
		for (unsigned n = 0; n < line.count; n++) {
			const struct mp_token *token = &line.tokens[n];
			const char *expected = rows[i].tokens[n];

			assert_non_null(expected);
			switch (token->kind) {
			case MP_TOKEN_OPEN:
				assert_string_equal(expected, "{");
				break;
			case MP_TOKEN_CLOSE:
				assert_string_equal(expected, "}");
				break;
			case MP_TOKEN_WORD:
				assert_int_equal(expected[0], 'w');
				assert_string_equal(token->text, expected + 1);
				break;
			case MP_TOKEN_STRING:
				assert_int_equal(expected[0], token->unterminated ? 'u' : 's');
				assert_string_equal(token->text, expected + 1);
			}
		}
		assert_null(rows[i].tokens[line.count]);
	}
}

static void a_comment_starts_even_within_a_word(void **state)
{
	static const char *const rows[] = { "wwid x!y", "wwid x#y", "wwid x # y", "wwid x!" };
	_cleanup_(mp_lexer_fini) struct mp_lexer lexer = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_line line;

		assert_int_equal(mp_lexer_split(&lexer, rows[i], strlen(rows[i]), &line), 0);
		assert_int_equal(line.count, 2);
		assert_string_equal(line.tokens[1].text, "x");
	}
}

static void columns_are_counted_from_one(void **state)
{
	_cleanup_(mp_lexer_fini) struct mp_lexer lexer = { 0 };
	struct mp_line line;

	(void)state;
	assert_int_equal(mp_lexer_split(&lexer, "\tprio  \"a\"x", 11, &line), 0);
	assert_int_equal(line.count, 3);
	assert_int_equal(line.tokens[0].column, 2);
	assert_int_equal(line.tokens[1].column, 8);
	assert_int_equal(line.tokens[2].column, 11);
}

/* A newcomer may not expect these to end a word. */
static void comments_and_foreign_letters_are_noted_with_their_place(void **state)
{
	static const struct {
		const char *line;
		unsigned foreign_column, comment_column;
		bool cuts_word;
	} rows[] = {
		{ "wwid x", 0, 0, false },
		{ "wwid x # y", 0, 8, false },
		{ "wwid x#y", 0, 7, true },
		{ "wwid x#", 0, 7, true },
		{ "wwid x# y", 0, 7, false },
		{ "wwid !x", 0, 6, false },
		{ "wwid \"x\"#y", 0, 9, false },
		{ "defaults {#y", 0, 11, false },
		{ "wwid \"#\xc3\xa9\"", 0, 0, false },
		{ "wwid caf\xc3\xa9 # \xc3\xa9", 9, 12, false },
		{ "\xc2\xa0\xc2\xa0wwid\xc2\xa0x\xc2", 12, 0, false },
		{ "wwid\xc2", 5, 0, false },
		{ "\xa0wwid", 1, 0, false },
	};
	_cleanup_(mp_lexer_fini) struct mp_lexer lexer = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct mp_line line;

		assert_int_equal(mp_lexer_split(&lexer, rows[i].line, strlen(rows[i].line), &line),
				 0);
		assert_int_equal(line.foreign_column, rows[i].foreign_column);
		assert_int_equal(line.comment_column, rows[i].comment_column);
		assert_int_equal(line.cuts_word, rows[i].cuts_word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comments_and_foreign_letters_are_noted_with_their_place),
		cmocka_unit_test(a_line_is_split_into_words_strings_and_braces),
		cmocka_unit_test(a_comment_starts_even_within_a_word),
		cmocka_unit_test(columns_are_counted_from_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
