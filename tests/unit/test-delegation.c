/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "multipath/arguments.h"
#include "multipath/delegation.h"
#include "multipath/target.h"

static const struct target nothing = { TARGET_NONE, 0, 0, NULL },
			   name = { TARGET_NAME, 0, 0, "mpatha" },
			   odd_name = { TARGET_NAME, 0, 0, "a \"b\" {c" },
			   node = { TARGET_NODE, 8, 0, NULL },
			   number = { TARGET_NUMBER, 65, 16, NULL },
			   invalid = { TARGET_INVALID, 0, 0, NULL };

static void the_daemon_lists_flushes_and_reloads(void **state)
{
	static const struct {
		struct arguments arguments;
		const struct target *target;
		const char *command;
	} cases[] = {
		{ { .mode = MODE_CREATE }, &nothing, NULL },
		{ { .mode = MODE_CREATE, .force_reload = true }, &nothing, "reconfigure all" },
		{ { .mode = MODE_CREATE, .force_reload = true }, &name, "reconfigure all" },
		{ { .mode = MODE_CREATE, .force_reload = true }, &invalid, NULL },
		{ { .mode = MODE_CREATE, .force_reload = true, .no_daemon = true },
		  &nothing,
		  NULL },
		{ { .mode = MODE_DRY_RUN, .force_reload = true }, &nothing, NULL },
		{ { .mode = MODE_FLUSH_ALL }, &nothing, "del maps" },
		{ { .mode = MODE_FLUSH_ALL, .no_daemon = true }, &nothing, NULL },
		{ { .mode = MODE_FLUSH }, &nothing, NULL },
		{ { .mode = MODE_FLUSH }, &name, "del map mpatha" },
		{ { .mode = MODE_FLUSH }, &odd_name, "del map \"a \"\"b\"\" {c\"" },
		{ { .mode = MODE_FLUSH }, &node, NULL },
		{ { .mode = MODE_FLUSH }, &number, NULL },
		{ { .mode = MODE_FLUSH }, &invalid, NULL },
		{ { .mode = MODE_FLUSH, .error = ARGUMENTS_UNKNOWN }, &name, NULL },
		{ { .mode = MODE_LIST }, &nothing, "@list l 2 0" },
		{ { .mode = MODE_LIST_CHECKED }, &nothing, "@list ll 2 0" },
		{ { .mode = MODE_LIST_CHECKED, .has_verbosity = true, .verbosity = 1 },
		  &nothing,
		  "@list ll 1 0" },
		{ { .mode = MODE_LIST_CHECKED, .no_daemon = true }, &nothing, NULL },
		{ { .mode = MODE_LIST_CHECKED, .all_foreign = true }, &nothing, NULL },
		{ { .mode = MODE_LIST_CHECKED }, &name, "@list ll 2 0 map:mpatha" },
		{ { .mode = MODE_LIST_CHECKED }, &odd_name, "@list ll 2 0 map:a \"b\" {c" },
		{ { .mode = MODE_LIST_CHECKED }, &node, "@list ll 2 0 dev:8:0" },
		{ { .mode = MODE_LIST_CHECKED }, &number, "@list ll 2 0 dev:65:16" },
		{ { .mode = MODE_LIST_CHECKED }, &invalid, NULL },
		{ { .mode = MODE_EXPLAIN }, &node, "explain 8:0" },
		{ { .mode = MODE_EXPLAIN, .json = true },
		  &odd_name,
		  "explain \"a \"\"b\"\" {c\" json" },
		{ { .mode = MODE_EXPLAIN, .no_daemon = true }, &node, NULL },
		{ { .mode = MODE_EXPLAIN }, &nothing, NULL },
		{ { .mode = MODE_PRINT_CONFIG }, &nothing, NULL },
		{ { .mode = MODE_IS_PATH }, &node, NULL },
		{ { .mode = MODE_RESET_WWIDS }, &nothing, NULL },
	};
	char command[DELEGATION_COMMAND_SIZE];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int r = delegation_format(&cases[i].arguments, cases[i].target, false, command);

		assert_int_equal(r, cases[i].command ? 0 : -ENOENT);
		if (r == 0)
			assert_string_equal(command, cases[i].command);
	}
	assert_int_equal(delegation_format(&cases[15].arguments, &nothing, true, command), 0);
	assert_string_equal(command, "@list l 2 1");
	(void)state;
}

static void a_command_with_a_name_that_is_too_long_is_not_delegated(void **state)
{
	struct arguments arguments = { .mode = MODE_FLUSH };
	char command[DELEGATION_COMMAND_SIZE], text[600];
	struct target target = { TARGET_NAME, 0, 0, text };
	size_t length;

	for (length = 1; length < sizeof(text); length++) {
		memset(text, '"', length);
		text[length] = '\0';
		if (delegation_format(&arguments, &target, false, command) == 0)
			assert_true(strlen(command) < sizeof(command));
		else
			assert_true(length > 200);
	}
	(void)state;
}

static void replies_become_status_and_text(void **state)
{
	static const struct {
		enum arguments_mode mode;
		const char *reply;
		struct delegation_answer answer;
	} cases[] = {
		{ MODE_FLUSH, "ok\n", { DELEGATION_DONE, 0, "" } },
		{ MODE_FLUSH, "other\n", { DELEGATION_DONE, 0, "other\n" } },
		{ MODE_FLUSH, "", { DELEGATION_DONE, 0, "" } },
		{ MODE_FLUSH, "fail\n", { DELEGATION_FAILED, 1, "fail\n" } },
		{ MODE_FLUSH,
		  "fail\nmap or partition in use\n",
		  { DELEGATION_FAILED, 1, "map or partition in use\n" } },
		{ MODE_FLUSH_ALL, "fail\ntimeout\n", { DELEGATION_LOCAL, 0, NULL } },
		{ MODE_CREATE, "failover\n", { DELEGATION_DONE, 0, "failover\n" } },
		{ MODE_EXPLAIN, "sda: a path\n", { DELEGATION_DONE, 0, "sda: a path\n" } },
		{ MODE_EXPLAIN, "fail\nx: no disk\n", { DELEGATION_DONE, 1, "x: no disk\n" } },
		{ MODE_EXPLAIN, "fail\n", { DELEGATION_DONE, 1, "fail\n" } },
		{ MODE_LIST, "exit 0\n", { DELEGATION_DONE, 0, "" } },
		{ MODE_LIST, "exit 1\n", { DELEGATION_DONE, 1, "" } },
		{ MODE_LIST_CHECKED,
		  "exit 0\nmpatha (x)\nsize",
		  { DELEGATION_DONE, 0, "mpatha (x)\nsize" } },
		{ MODE_LIST_CHECKED, "fail\n@list: not found\n", { DELEGATION_LOCAL, 0, NULL } },
		{ MODE_LIST_CHECKED,
		  "@list: not found\nmultipath-tools v0.9.4\n",
		  { DELEGATION_LOCAL, 0, NULL } },
		{ MODE_LIST_CHECKED, "exit", { DELEGATION_LOCAL, 0, NULL } },
		{ MODE_LIST_CHECKED, "exit 0", { DELEGATION_LOCAL, 0, NULL } },
		{ MODE_LIST_CHECKED, "ok\n", { DELEGATION_LOCAL, 0, NULL } },
		{ MODE_LIST_CHECKED, "", { DELEGATION_LOCAL, 0, NULL } },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arguments arguments = { .mode = cases[i].mode };
		struct delegation_answer answer = delegation_read(&arguments, cases[i].reply);

		assert_int_equal(answer.result, cases[i].answer.result);
		if (answer.result == DELEGATION_LOCAL)
			continue;
		assert_int_equal(answer.status, cases[i].answer.status);
		assert_string_equal(answer.text, cases[i].answer.text);
	}
	(void)state;
}

static void retries_are_read_from_a_printed_configuration(void **state)
{
	assert_int_equal(delegation_retries(
				 "defaults {\n\tverbosity 2\n\tremove_retries 5\n\tx 1\n}\n"),
			 5);
	assert_int_equal(delegation_retries("defaults {\n\tremove_retries \"3\"\n}\n"), 3);
	assert_int_equal(delegation_retries("defaults {\n\tverbosity 2\n}\n"), 0);
	assert_int_equal(delegation_retries(""), 0);
	(void)state;
}

static void notes_are_lines_with_their_level(void **state)
{
	static const struct {
		const char *reply, *notes;
	} rows[] = {
		{ "notes\n", "" },
		{ "notes\n0first\n2second: 3\n", "0:first|2:second: 3|" },
		{ "notes\n1cut", "1:cut|" },
		{ "fail\nhelp: @notes\n", "" }, /* a daemon that does not know these */
		{ "fail\ntimeout\n", "" },
		{ "", "" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *rest = rows[i].reply, *note;
		char text[128] = "";
		size_t length;
		int level;

		while ((note = delegation_next_note(&rest, &level, &length)))
			sprintf(text + strlen(text), "%d:%.*s|", level, (int)length, note);
		assert_string_equal(text, rows[i].notes);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_daemon_lists_flushes_and_reloads),
		cmocka_unit_test(a_command_with_a_name_that_is_too_long_is_not_delegated),
		cmocka_unit_test(replies_become_status_and_text),
		cmocka_unit_test(retries_are_read_from_a_printed_configuration),
		cmocka_unit_test(notes_are_lines_with_their_level),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
