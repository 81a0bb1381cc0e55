/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"

/* Return: what follows the time, until the next call. */
__attribute__((format(printf, 2, 3))) static const char *formatted(size_t size, const char *format,
								   ...)
{
	static char text[256];
	long long sec;
	long usec;
	struct timespec now;
	va_list args;

	memset(text, 'x', sizeof(text));
	va_start(args, format);
	log_format_timed(text, size, format, args);
	va_end(args);
	assert_true(strlen(text) < size);
	assert_int_equal(sscanf(text, "%lld.%6ld", &sec, &usec), 2);
	assert_non_null(strstr(text, " | "));
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_in_range(now.tv_sec - sec, 0, 60);
	return strstr(text, " | ") + strlen(" | ");
}

static void a_message_is_one_line_that_a_terminal_may_show(void **state)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "mpatha: sdb failed", "mpatha: sdb failed\n" },
		{ "", "\n" },
		{ "a\tb", "a\tb\n" },
		{ "a\nb\n", "a b \n" },
		{ "\033[2J\r\x7f\x01", "?[2J???\n" },
		{ "gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(formatted(256, "%s", rows[i].text), rows[i].line);
}

static void a_message_that_is_too_long_is_still_a_line(void **state)
{
	const char *line;

	(void)state;
	line = formatted(LOG_TIME_SIZE + 8, "%0200d", 0);
	assert_true(strlen(line) >= 8);
	assert_int_equal(strspn(line, "0"), strlen(line) - 1);
	assert_int_equal(line[strlen(line) - 1], '\n');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_one_line_that_a_terminal_may_show),
		cmocka_unit_test(a_message_that_is_too_long_is_still_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
