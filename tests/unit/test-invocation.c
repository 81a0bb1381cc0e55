/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>

#include "client/invocation.h"

static int count(const char *const *argv)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	return argc;
}

static void a_command_or_k_makes_it_a_client(void **state)
{
	static const struct {
		const char *argv[8];
		enum invocation_kind kind;
		const char *command;
	} cases[] = {
		{ { "multipathd" }, INVOCATION_DAEMON, NULL },
		{ { "multipathd", "-d", "-s", "-v3", "-B", "-n", "-w" }, INVOCATION_DAEMON, NULL },
		{ { "multipathd", "-h" }, INVOCATION_DAEMON, NULL },
		{ { "multipathd", "-Z", "show", "paths" }, INVOCATION_DAEMON, NULL },
		{ { "multipathd", "-v" }, INVOCATION_DAEMON, NULL },
		{ { "multipathd", "-vx", "show", "paths" }, INVOCATION_DAEMON, NULL },
		{ { "multipathd", "-k" }, INVOCATION_SHELL, NULL },
		{ { "multipathd", "-k", "show" }, INVOCATION_SHELL, NULL },
		{ { "multipathd", "show", "-k", "paths" }, INVOCATION_SHELL, NULL },
		{ { "multipathd", "-kshow paths" }, INVOCATION_COMMAND, "show paths" },
		{ { "multipathd", "-kshow", "paths" }, INVOCATION_COMMAND, "show" },
		{ { "multipathd", "-s", "-kshow" }, INVOCATION_COMMAND, "show" },
		{ { "multipathd", "show", "paths" }, INVOCATION_COMMAND, "show paths \n" },
		{ { "multipathd", "show", "paths", "-d" }, INVOCATION_COMMAND, "show paths \n" },
		{ { "multipathd", "-v3", "show", "paths" }, INVOCATION_COMMAND, "show paths \n" },
		{ { "multipathd", "show", "--", "-k", "paths" },
		  INVOCATION_COMMAND,
		  "show -k paths \n" },
		{ { "multipathd", "show paths", "raw" },
		  INVOCATION_COMMAND,
		  "\"show paths\" raw \n" },
		{ { "multipathd", "a\"b c" }, INVOCATION_COMMAND, "\"a\"b c\" \n" },
		{ { "multipathd", "a\tb" }, INVOCATION_COMMAND, "a\tb \n" },
		{ { "multipathd", "format", "" }, INVOCATION_COMMAND, "format  \n" },
		{ { "multipathd", "" }, INVOCATION_COMMAND, " \n" },
		{ { "multipathd", "reconfigure", "--dry-run" },
		  INVOCATION_COMMAND,
		  "reconfigure --dry-run \n" },
		{ { "multipathd", "--json", "explain", "-v3", "sda" },
		  INVOCATION_COMMAND,
		  "explain sda --json \n" },
		{ { "multipathd", "show", "--", "--x", "paths" },
		  INVOCATION_COMMAND,
		  "show --x paths \n" },
		{ { "multipathd", "--help" }, INVOCATION_DAEMON, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct invocation invocation;

		invocation_parse(count(cases[i].argv), (char *const *)cases[i].argv, &invocation);
		assert_int_equal(invocation.kind, cases[i].kind);
		if (cases[i].command)
			assert_string_equal(invocation.command, cases[i].command);
	}
	(void)state;
}

static void a_command_of_words_has_at_most_159_bytes(void **state)
{
	char word[400], *argv[] = { (char *)"multipathd", word, NULL };
	struct invocation invocation;

	memset(word, 'x', sizeof(word));
	word[157] = '\0';
	invocation_parse(2, argv, &invocation);
	assert_int_equal(invocation.kind, INVOCATION_COMMAND);
	assert_string_equal(invocation.command + 157, " \n");

	memset(word, 'x', sizeof(word));
	word[158] = '\0';
	invocation_parse(2, argv, &invocation);
	assert_int_equal(invocation.kind, INVOCATION_COMMAND);
	assert_string_equal(invocation.command + 158, " ");

	memset(word, 'x', sizeof(word));
	word[159] = '\0';
	invocation_parse(2, argv, &invocation);
	assert_int_equal(invocation.kind, INVOCATION_TOO_LARGE);

	memset(word, 'x', sizeof(word));
	word[10] = ' ';
	word[156] = '\0'; /* with its quotes as long as 158 */
	invocation_parse(2, argv, &invocation);
	assert_int_equal(invocation.kind, INVOCATION_COMMAND);
	word[156] = 'x';
	word[157] = '\0';
	invocation_parse(2, argv, &invocation);
	assert_int_equal(invocation.kind, INVOCATION_TOO_LARGE);
	(void)state;
}

static void the_arguments_stay_in_their_order(void **state)
{
	const char *argv[] = { "multipathd", "show", "-d", "paths", NULL };
	struct invocation invocation;

	invocation_parse(4, (char *const *)argv, &invocation);
	assert_string_equal(argv[1], "show");
	assert_string_equal(argv[2], "-d");
	assert_string_equal(argv[3], "paths");
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_command_or_k_makes_it_a_client),
		cmocka_unit_test(a_command_of_words_has_at_most_159_bytes),
		cmocka_unit_test(the_arguments_stay_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
