/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "client/terminal.h"

static void control_characters_are_replaced_and_nothing_else(void **state)
{
	static const struct {
		const char *text, *clean;
	} rows[] = {
		{ "", "" },
		{ "mpatha (36001) dm-0\n\t`- 1:0:0:1\n", "mpatha (36001) dm-0\n\t`- 1:0:0:1\n" },
		{ "\033[1mmpatha\033[0m\n", "\033[1mmpatha\033[0m\n" },
		{ "\033[31mred\033[2J", "?[31mred?[2J" },
		{ "\033]0;title\a", "?]0;title?" },
		{ "\033[1", "?[1" },
		{ "\033", "?" },
		{ "a\rb\bc\x7f", "a?b?c?" },
		{ "\x9b"
		  "31m",
		  "?31m" },
		{ "\xc2\x9b"
		  "31m",
		  "??31m" },
		{ "\xc2", "\xc2" },
		{ "gr\xc3\xb6\xc3\x9f"
		  "e \xe2\x82\xac \xf0\x9f\x92\xbe",
		  "gr\xc3\xb6\xc3\x9f"
		  "e \xe2\x82\xac \xf0\x9f\x92\xbe" },
		{ "gr\xf6\xdf"
		  "e",
		  "gr\xf6\xdf"
		  "e" },
		{ "\xe2\x82", "\xe2?" },
		{ "\xc3\x1b[2J", "\xc3?[2J" },
		{ "\xc0\x9b", "\xc0?" },
	};
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		strcpy(text, rows[i].text);
		terminal_clean(text, strlen(text));
		assert_string_equal(text, rows[i].clean);
	}
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_replaced_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
