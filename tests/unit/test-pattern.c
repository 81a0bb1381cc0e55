/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <regex.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/pattern.h"

static void simple_patterns_match_as_if_compiled(void **state)
{
	static const char *const patterns[] = {
		"",
		".*",
		"a",
		"^a",
		"a$",
		"^a$",
		"ab",
		"a.c",
		"^.$",
		"[a-c]",
		"^sd[a-z]",
		"^(sd[a-z]|dasd[a-z]|nvme[0-9])",
		"(HP|HPE)",
		"^(HP|HPE)$",
		"(a|b)",
		"(ab|a)$",
		"^(a|ab)$",
		"SAN ARRAY$",
		"S/390 DASD",
		"[ a_Z0-9]x",
		"100E-00",
		"(SCSI_IDENT_|ID_WWN)",
		"b,c",
		"%a@~",
		"(.a|b)",
		"([a-c]d|X)",
		"(P|DENT_|N)",
		"(a|b|c|d|e|f|g|h|i|j|k|l|m|n|o|WN_X)",
		"(a|b|c|d|e|f|g|h|i|j|k|l|m|n|WN_X)",
	};
	static const char *const subjects[] = {
		"",
		"a",
		"b",
		"c",
		"d",
		"ab",
		"ba",
		"abc",
		"axc",
		"aac",
		"sda",
		"sd1",
		"xsda",
		"dasdb",
		"nvme0",
		"nvmeX",
		"HP",
		"HPE",
		"HPEX",
		"XHP",
		"SAN ARRAY",
		"SAN ARRAY ALUA",
		"S/390 DASD ECKD",
		"_x",
		"Zx",
		"Yx",
		"100E-00",
		"ID_WWN_X",
		"SCSI_IDENT_SERIAL",
		"ID_SERIAL",
		"b,c",
		"%a@~",
		"\xc3\xa4",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		regex_t compiled;

		assert_true(mp_pattern_is_simple(patterns[i]));
		assert_int_equal(regcomp(&compiled, patterns[i], REG_EXTENDED | REG_NOSUB), 0);
		for (size_t k = 0; k < ARRAY_SIZE(subjects); k++) {
			bool expected = regexec(&compiled, subjects[k], 0, NULL, 0) == 0;

			if (mp_pattern_matches_once(patterns[i], subjects[k]) != expected)
				fail_msg("\"%s\" and \"%s\": expected %d", patterns[i], subjects[k],
					 expected);
		}
		regfree(&compiled);
	}
}

static void other_patterns_are_left_to_regcomp(void **state)
{
	static const char *const patterns[] = {
		"a*",	  "a+",	    "a?",    "a{2}", "a|b",	    "^a|b",  "(a)(b)",
		"x(a|b)", "(a|b)x", "((a))", "()",   "(|a)",	    "(a|)",  "(a",
		"a)",	  "[^a]",   "[a",    "[]a]", "[[:alpha:]]", "[z-a]", "[a-]",
		"[.]",	  "\\.",    "a\\b",  "a^b",  "a$b",	    "^",     "$",
		"^$",	  "^.*",    ".*$",   "[a]*", "(a)*",	    "}",     "]",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (mp_pattern_is_simple(patterns[i]))
			fail_msg("\"%s\" is taken for simple", patterns[i]);
}

static void a_leading_exclamation_mark_inverts(void **state)
{
	static const struct {
		const char *pattern, *subject;
		bool matches;
	} rows[] = {
		{ "!^sd[a-z]", "sda", false }, { "!^sd[a-z]", "loop0", true },
		{ "!a+", "xaax", false },      { "!a+", "xx", true },
		{ "\\!a", "!a", true },	       { "\\!a", "a", false },
		{ "!!a", "!a", false },	       { "!", "anything", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(mp_pattern_fini) struct mp_pattern pattern;

		assert_int_equal(mp_pattern_init(&pattern, rows[i].pattern), 0);
		assert_int_equal(mp_pattern_matches(&pattern, rows[i].subject), rows[i].matches);
	}
}

static void an_invalid_expression_is_refused(void **state)
{
	static const char *const patterns[] = { "(", "[a", "!(", "a{2", "*(", "\\" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		struct mp_pattern pattern;

		if (mp_pattern_init(&pattern, patterns[i]) != -EINVAL)
			fail_msg("\"%s\" is taken", patterns[i]);
		mp_pattern_fini(&pattern);
		assert_false(mp_pattern_matches_once("(", "("));
	}
}

/* Patterns for which the C library would need all of the stack or memory. */
static void an_expression_that_is_too_large_is_refused(void **state)
{
	static const struct {
		const char *begin, *piece, *end;
		unsigned count;
		bool refused;
	} rows[] = {
		{ "", "(a*", "", 20000, true },
		{ "((((((x{255}){255}){255})", "", "))){255}", 0, true },
		{ "((x+)", "+", "y)", 40, true },
		{ "((((x{1,255}){1,255}){1,255}){1,255})", "", "", 0, true },
		{ "x{99999}", "", "", 0, true },
		{ "(a?){8000}", "", "", 0, true },
		{ "x{0,8000}", "", "", 0, true },
		{ "x{,99999999999999999999}", "", "", 0, true },
		{ "a*", "b.", "", 40000, true },
		{ "[[:alpha:](]*[](]+[^](]?\\(\\{", "", "", 0, false },
		{ "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", "", 0, false },
		{ "^(3600a0980.*", "|3600a098038303053453f463045727a31", ")$", 500, false },
		{ "a*", "(b", "))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))", 60,
		  false },
		{ "x{0}y{0,0}z{2,}", "", "", 0, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
		struct mp_pattern pattern;
		char why[80];

		mp_strbuf_puts(&text, rows[i].begin);
		for (unsigned k = 0; k < rows[i].count; k++)
			mp_strbuf_puts(&text, rows[i].piece);
		mp_strbuf_puts(&text, rows[i].end);
		assert_int_equal(mp_pattern_init(&pattern, text.text),
				 rows[i].refused ? -EINVAL : 0);
		mp_pattern_fini(&pattern);
		if (!rows[i].refused)
			continue;
		assert_false(mp_pattern_matches_once(text.text, "a"));
		mp_pattern_explain(text.text, why, sizeof(why));
		assert_string_equal(why, "Regular expression too big");
	}
}

static void no_pattern_matches_anything(void **state)
{
	struct mp_pattern pattern;

	(void)state;
	assert_int_equal(mp_pattern_init(&pattern, NULL), 0);
	assert_true(mp_pattern_matches(&pattern, "x"));
	assert_true(mp_pattern_matches(&pattern, ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(simple_patterns_match_as_if_compiled),
		cmocka_unit_test(other_patterns_are_left_to_regcomp),
		cmocka_unit_test(a_leading_exclamation_mark_inverts),
		cmocka_unit_test(an_invalid_expression_is_refused),
		cmocka_unit_test(an_expression_that_is_too_large_is_refused),
		cmocka_unit_test(no_pattern_matches_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
