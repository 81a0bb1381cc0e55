/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/commands/commands.h"
#include "multipathd/commands/grammar.h"

/* The grammar with the @nth alternative of each word, or its last one, and arguments. */
static void spell(const char *grammar, size_t nth, struct mp_strbuf *buf)
{
	while (*grammar) {
		const char *end = grammar + strcspn(grammar, " "), *word = grammar, *bar;

		for (size_t i = 0; i < nth && (bar = memchr(word, '|', end - word)); i++)
			word = bar + 1;
		if (*word == '$')
			mp_strbuf_puts(buf, "argument");
		else
			mp_strbuf_add(buf, word, strcspn(word, "| "));
		mp_strbuf_putc(buf, ' ');
		grammar = end + (*end == ' ');
	}
}

static size_t count_arguments(const char *grammar)
{
	size_t count = 0;

	for (; *grammar; grammar++)
		count += *grammar == '$';
	return count;
}

/*
 * A new word that grammar.c does not know fails here, and so does a row that an earlier one hides.
 */
static void the_words_of_each_row_parse_to_that_row(void **state)
{
	size_t count;
	const struct command *table = commands_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		for (size_t nth = 0; nth < 2; nth++) {
			_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
			struct command_line line;

			spell(table[i].grammar, nth, &text);
			if (grammar_parse(table, count, mp_strbuf_text(&text), &line) != GRAMMAR_OK)
				fail_msg("\"%s\" is not parsed: is each word in grammar.c?",
					 mp_strbuf_text(&text));
			assert_ptr_equal(line.command, &table[i]);
			assert_int_equal(line.argument_count, count_arguments(table[i].grammar));
		}
}

static bool only_shows(const struct command *command)
{
	return !strncmp(command->grammar, "list|show ", strlen("list|show ")) ||
	       !strncmp(command->grammar, "explain ", strlen("explain "));
}

/* Files that only root may read, and keys. */
static bool is_for_root(const struct command *command)
{
	return strstr(command->grammar, " diff") || strstr(command->grammar, " reservations");
}

static void users_may_run_commands_that_only_show(void **state)
{
	size_t count;
	const struct command *table = commands_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		bool for_all = only_shows(&table[i]) && !is_for_root(&table[i]);

		assert_non_null(table[i].handler);
		assert_int_equal(table[i].privilege, for_all ? ANYBODY : ROOT);
	}
}

static bool has_other_row(const struct command *command)
{
	size_t count;
	const struct command *table = commands_table(&count);

	for (size_t i = 0; i < count; i++)
		if (table[i].handler == command->handler && !command_undoes(&table[i]))
			return true;
	return false;
}

static void each_command_that_undoes_has_one_that_does(void **state)
{
	size_t count, undone = 0;
	const struct command *table = commands_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (!command_undoes(&table[i]))
			continue;
		undone++;
		assert_true(has_other_row(&table[i]));
	}
	assert_int_equal(undone, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_words_of_each_row_parse_to_that_row),
		cmocka_unit_test(users_may_run_commands_that_only_show),
		cmocka_unit_test(each_command_that_undoes_has_one_that_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
