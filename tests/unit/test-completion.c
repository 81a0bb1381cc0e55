/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>

#include "client/completion.h"

static const char reference[] = "fail\nhelp: not found\nmultipath-tools v0.14.3 (02/05, 2026)\n"
				"CLI commands reference:\n"
				" list|show paths\n"
				" list|show paths raw format $format\n"
				" list|show path $path\n"
				" list|show maps|multipaths\n"
				" list|show maps|multipaths status\n"
				" list|show maps|multipaths raw format $format\n"
				" list|show map|multipath $map topology\n"
				" list|show map|multipath $map json\n"
				" switch|switchgroup map|multipath $map group $group\n"
				" reconfigure\n"
				" reconfigure all\n";

static void add(void *userdata, const char *word, size_t length)
{
	char *words = userdata;

	strncat(words, word, length);
	strcat(words, ",");
}

static void completions_follow_from_the_table_of_commands(void **state)
{
	static const struct {
		const char *line, *words;
	} cases[] = {
		{ "", "list,show,switch,switchgroup,reconfigure," },
		{ "show ", "paths,path,maps,multipaths,map,multipath," },
		{ "  sho\t", "paths,path,maps,multipaths,map,multipath," },
		{ "show map ", "$map," },
		{ "show maps ", "status,raw," },
		{ "show map x ", "topology,json," },
		{ "show map \"x y\" ", "topology,json," },
		{ "show maps raw ", "format," },
		{ "show maps raw format ", "$format," },
		{ "show maps raw format %n ", "" },
		{ "switch map x ", "group," },
		{ "rec ", "all," },
		{ "nonsense ", "" },
		{ "show nonsense ", "" },
		{ "reconfigure all ", "" },
	};
	struct completion *completion;
	size_t i;

	assert_int_equal(completion_new(reference, &completion), 0);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char words[200] = "";

		completion_list(completion, cases[i].line, add, words);
		assert_string_equal(words, cases[i].words);
	}
	assert_null(completion_free(completion));
	(void)state;
}

static void a_text_without_commands_completes_nothing(void **state)
{
	static const char *const texts[] = { "", "\n\n", "ok\n", "no reference\n  here\n \n",
					     " |\n" };
	struct completion *completion;
	char words[10] = "";
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(completion_new(texts[i], &completion), 0);
		completion_list(completion, "", add, words);
		assert_string_equal(words, "");
		completion_free(completion);
	}
	(void)state;
}

static void the_last_word_is_unfinished_until_a_blank(void **state)
{
	assert_string_equal(completion_word("show pa"), "pa");
	assert_string_equal(completion_word("show "), "");
	assert_string_equal(completion_word(""), "");
	assert_string_equal(completion_word("sh"), "sh");
	assert_string_equal(completion_word("show map \"a b"), "\"a b");
	assert_string_equal(completion_word("show map \"a b\" "), "");
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(completions_follow_from_the_table_of_commands),
		cmocka_unit_test(a_text_without_commands_completes_nothing),
		cmocka_unit_test(the_last_word_is_unfinished_until_a_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
