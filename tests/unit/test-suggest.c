/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/suggest.h"

static void distance_counts_edits(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned edits;
	} rows[] = {
		{ "", "", 0 },
		{ "tur", "tur", 0 },
		{ "tur", "turr", 1 },
		{ "tur", "tir", 1 },
		{ "tur", "tru", 1 },
		{ "tur", "TUR", 0 },
		{ "Queue", "queue", 0 },
		{ "abc", "", 3 },
		{ "kitten", "sitting", 3 },
		{ "service", "servcie", 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(mp_suggest_distance(rows[i].a, rows[i].b, 100), rows[i].edits);
		assert_int_equal(mp_suggest_distance(rows[i].b, rows[i].a, 100), rows[i].edits);
		if (rows[i].edits)
			assert_true(mp_suggest_distance(rows[i].a, rows[i].b, rows[i].edits - 1) >
				    rows[i].edits - 1);
	}
}

static const char *suggest(const char *word)
{
	static const char *const candidates[] = { "no_path_retry", "failback", "fast_io_fail_tmo",
						  "prio", "prio_args" };
	struct mp_suggestion suggestion = mp_suggest_start(word);

	for (size_t i = 0; i < ARRAY_SIZE(candidates); i++)
		mp_suggest_offer(&suggestion, candidates[i]);
	return suggestion.best;
}

static void the_nearest_word_is_suggested(void **state)
{
	(void)state;
	assert_string_equal(suggest("no_path_retires"), "no_path_retry");
	assert_string_equal(suggest("nopathretry"), "no_path_retry");
	assert_string_equal(suggest("FAILBACK"), "failback");
	assert_string_equal(suggest("prio_arg"), "prio_args");
	assert_string_equal(suggest("pro"), "prio");
}

static void the_second_nearest_word_is_known(void **state)
{
	struct mp_suggestion suggestion = mp_suggest_start("of");

	(void)state;
	mp_suggest_offer(&suggestion, "off");
	assert_null(suggestion.rival);
	mp_suggest_offer(&suggestion, "on");
	assert_string_equal(suggestion.best, "off");
	assert_string_equal(suggestion.rival, "on");
	mp_suggest_offer(&suggestion, "of");
	assert_string_equal(suggestion.best, "of");
	assert_null(suggestion.rival);
}

static void a_word_far_from_all_gets_no_suggestion(void **state)
{
	static const char long_word[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

	(void)state;
	assert_null(suggest(""));
	assert_null(suggest("x"));
	assert_null(suggest("serial"));
	assert_null(suggest(long_word));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(the_nearest_word_is_suggested),
		cmocka_unit_test(the_second_nearest_word_is_known),
		cmocka_unit_test(a_word_far_from_all_gets_no_suggestion),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
