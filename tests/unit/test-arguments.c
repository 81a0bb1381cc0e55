/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
#include <string.h>

#include "multipath/arguments.h"

/* Words are divided by one blank. */
static struct arguments parse(const char *line, char *text)
{
	struct arguments arguments;
	char *argv[16] = { (char *)"multipath" };
	int argc = 1;
	char *word;

	strcpy(text, line);
	while ((word = strsep(&text, " ")))
		argv[argc++] = word;
	arguments_parse(argc, argv, &arguments);
	return arguments;
}

static void the_last_mode_wins(void **state)
{
	static const struct {
		const char *line;
		enum arguments_mode mode;
	} cases[] = {
		{ "-v2", MODE_CREATE },
		{ "-d", MODE_DRY_RUN },
		{ "-l", MODE_LIST },
		{ "-ll", MODE_LIST_CHECKED },
		{ "-lx", MODE_LIST },
		{ "-l -l", MODE_LIST },
		{ "-ll -l", MODE_LIST },
		{ "-d -l", MODE_LIST },
		{ "-l -d", MODE_LIST },
		{ "-f", MODE_FLUSH },
		{ "-F", MODE_FLUSH_ALL },
		{ "-l -f", MODE_FLUSH },
		{ "-f x -ll", MODE_LIST_CHECKED },
		{ "-a", MODE_ADD_WWID },
		{ "-w", MODE_REMOVE_WWID },
		{ "-W", MODE_RESET_WWIDS },
		{ "-c", MODE_IS_PATH },
		{ "-u", MODE_IS_PATH },
		{ "-C", MODE_IS_USABLE },
		{ "-U", MODE_IS_USABLE },
		{ "-T", MODE_PRINT_LOCAL_CONFIG },
		{ "-t -l", MODE_PRINT_CONFIG },
		{ "explain sda", MODE_EXPLAIN },
		{ "explain --json sda", MODE_EXPLAIN },
		{ "explain", MODE_CREATE },
		{ "sda explain", MODE_CREATE },
		{ "-h -l", MODE_USAGE },
		{ "-h -Z", MODE_USAGE },
		{ "-l -h", MODE_USAGE },
		{ "--check-config", MODE_CHECK_CONFIG },
		{ "-l --check-config --json", MODE_CHECK_CONFIG },
	};
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct arguments arguments = parse(cases[i].line, text);

		assert_int_equal(arguments.error, ARGUMENTS_OK);
		assert_int_equal(arguments.mode, cases[i].mode);
	}
	assert_true(parse("-u sda", text).from_udev);
	assert_true(parse("-U sda", text).from_udev);
	assert_false(parse("-u -c sda", text).from_udev);
	assert_string_equal(parse("explain sda --json", text).device, "sda");
	assert_true(parse("explain sda --json", text).json);
	assert_true(parse("explain -D --json sda", text).no_daemon);
	assert_string_equal(parse("explain", text).device, "explain");
	assert_true(parse("--check-config --json file", text).json);
	assert_string_equal(parse("--check-config file", text).device, "file");
	(void)state;
}

static void the_first_error_stops_reading(void **state)
{
	static const struct {
		const char *line;
		enum arguments_error error;
	} cases[] = {
		{ "-vx", ARGUMENTS_BAD_VERBOSITY },  { "-v -1", ARGUMENTS_BAD_VERBOSITY },
		{ "-v", ARGUMENTS_NO_VALUE },	     { "-p", ARGUMENTS_NO_VALUE },
		{ "-p best", ARGUMENTS_BAD_POLICY }, { "-Z -h", ARGUMENTS_UNKNOWN },
		{ "-p group_by_tpg", ARGUMENTS_OK }, { "-b file -M x", ARGUMENTS_OK },
		{ "--help", ARGUMENTS_UNKNOWN },     { "--check-config a b", ARGUMENTS_TOO_MANY },
		{ "--json", ARGUMENTS_NOT_JSON },    { "-ll --json", ARGUMENTS_NOT_JSON },
	};
	char text[64];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(cases[i].line, text).error, cases[i].error);
	(void)state;
}

static void options_may_come_anywhere(void **state)
{
	struct arguments arguments;
	char text[64];

	arguments = parse("-f map -v3 -R 4 other -Drq", text);
	assert_string_equal(arguments.device, "map");
	assert_true(arguments.has_verbosity && arguments.has_retries);
	assert_int_equal(arguments.verbosity, 3);
	assert_int_equal(arguments.retries, 4);
	assert_true(arguments.no_daemon && arguments.force_reload && arguments.keep_queueing);
	assert_false(arguments.ignore_wwids || arguments.bindings_read_only ||
		     arguments.all_foreign);

	arguments = parse("-iBe", text);
	assert_null(arguments.device);
	assert_false(arguments.has_verbosity || arguments.has_retries);
	assert_true(arguments.ignore_wwids && arguments.bindings_read_only &&
		    arguments.all_foreign);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_mode_wins),
		cmocka_unit_test(the_first_error_stops_reading),
		cmocka_unit_test(options_may_come_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
