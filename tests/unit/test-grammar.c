/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "multipathd/commands/grammar.h"

#define REFERENCE_TITLE \
	"multipath-tools v" VERSION " (" VERSION_DATE ")\n" \
	"CLI commands reference:\n"

/* The commands that multipath-tools has, too. */
static const struct command commands[] = {
	{ .grammar = "list|show paths" },
	{ .grammar = "list|show paths format $format" },
	{ .grammar = "list|show paths raw format $format" },
	{ .grammar = "list|show path $path" },
	{ .grammar = "list|show maps|multipaths" },
	{ .grammar = "list|show status" },
	{ .grammar = "list|show daemon" },
	{ .grammar = "list|show maps|multipaths status" },
	{ .grammar = "list|show maps|multipaths stats" },
	{ .grammar = "list|show maps|multipaths format $format" },
	{ .grammar = "list|show maps|multipaths raw format $format" },
	{ .grammar = "list|show maps|multipaths topology" },
	{ .grammar = "list|show topology" },
	{ .grammar = "list|show maps|multipaths json" },
	{ .grammar = "list|show map|multipath $map topology" },
	{ .grammar = "list|show map|multipath $map format $format" },
	{ .grammar = "list|show map|multipath $map raw format $format" },
	{ .grammar = "list|show map|multipath $map json" },
	{ .grammar = "list|show config local" },
	{ .grammar = "list|show config" },
	{ .grammar = "list|show blacklist" },
	{ .grammar = "list|show devices" },
	{ .grammar = "list|show wildcards" },
	{ .grammar = "reset maps|multipaths stats" },
	{ .grammar = "reset map|multipath $map stats" },
	{ .grammar = "add path $path" },
	{ .grammar = "remove|del path $path" },
	{ .grammar = "add map|multipath $map" },
	{ .grammar = "remove|del map|multipath $map" },
	{ .grammar = "remove|del maps|multipaths" },
	{ .grammar = "switch|switchgroup map|multipath $map group $group" },
	{ .grammar = "reconfigure" },
	{ .grammar = "reconfigure all" },
	{ .grammar = "suspend map|multipath $map" },
	{ .grammar = "resume map|multipath $map" },
	{ .grammar = "resize map|multipath $map" },
	{ .grammar = "reload map|multipath $map" },
	{ .grammar = "reset map|multipath $map" },
	{ .grammar = "reinstate path $path" },
	{ .grammar = "fail path $path" },
	{ .grammar = "disablequeueing map|multipath $map" },
	{ .grammar = "restorequeueing map|multipath $map" },
	{ .grammar = "disablequeueing maps|multipaths" },
	{ .grammar = "restorequeueing maps|multipaths" },
	{ .grammar = "quit|exit" },
	{ .grammar = "shutdown" },
	{ .grammar = "getprstatus map|multipath $map" },
	{ .grammar = "setprstatus map|multipath $map" },
	{ .grammar = "setprstatus map|multipath $map pathlist $pathlist" },
	{ .grammar = "unsetprstatus map|multipath $map" },
	{ .grammar = "unsetprstatus map|multipath $map pathlist $pathlist" },
	{ .grammar = "forcequeueing daemon" },
	{ .grammar = "restorequeueing daemon" },
	{ .grammar = "getprkey map|multipath $map" },
	{ .grammar = "setprkey map|multipath $map key $key" },
	{ .grammar = "unsetprkey map|multipath $map" },
	{ .grammar = "setmarginal path $path" },
	{ .grammar = "unsetmarginal path $path" },
	{ .grammar = "unsetmarginal map|multipath $map" },
	{ .grammar = "getprhold map|multipath $map" },
	{ .grammar = "setprhold map|multipath $map" },
	{ .grammar = "unsetprhold map|multipath $map" },
};

static enum grammar_result parse(const char *text, struct command_line *line)
{
	return grammar_parse(commands, ARRAY_SIZE(commands), text, line);
}

/*
 * The grammar with the @nth alternative of each word, or its last one, and arguments named A and
 * B.
 */
static void spell(const char *grammar, size_t nth, struct mp_strbuf *buf)
{
	char argument = 'A';

	while (*grammar) {
		size_t length = strcspn(grammar, " ");
		const char *end = grammar + length, *word = grammar, *bar;

		for (size_t i = 0; i < nth && (bar = memchr(word, '|', end - word)); i++)
			word = bar + 1;
		if (*word == '$')
			mp_strbuf_putc(buf, argument++);
		else
			mp_strbuf_add(buf, word, strcspn(word, "| "));
		mp_strbuf_putc(buf, ' ');
		grammar = end + (*end == ' ');
	}
	mp_strbuf_putc(buf, '\n'); /* as the client sends it */
}

static void every_command_parses_in_all_its_spellings(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		for (size_t nth = 0; nth < 2; nth++) {
			_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
			struct command_line line;
			size_t arguments = 0;

			spell(commands[i].grammar, nth, &text);
			assert_int_equal(parse(mp_strbuf_text(&text), &line), GRAMMAR_OK);
			assert_ptr_equal(line.command, &commands[i]);
			for (const char *c = commands[i].grammar; *c; c++)
				arguments += *c == '$';
			assert_int_equal(line.argument_count, arguments);
			if (arguments > 0)
				assert_string_equal(line.arguments[0], "A");
			if (arguments > 1)
				assert_string_equal(line.arguments[1], "B");
			assert_null(line.arguments[arguments]);
		}
	}
}

static const struct {
	const char *keyword, *meaning, *shortest;
	bool takes_argument;
} keywords[] = {
	{ "list", "list", "li", false },
	{ "show", "list", "sho", false },
	{ "add", "add", "ad", false },
	{ "remove", "remove", "rem", false },
	{ "del", "remove", "del", false },
	{ "switch", "switch", "switch", false },
	{ "switchgroup", "switch", "switchg", false },
	{ "suspend", "suspend", "su", false },
	{ "resume", "resume", "resu", false },
	{ "reinstate", "reinstate", "rei", false },
	{ "fail", "fail", "fa", false },
	{ "resize", "resize", "resi", false },
	{ "reset", "reset", "rese", false },
	{ "reload", "reload", "rel", false },
	{ "forcequeueing", "forcequeueing", "forc", false },
	{ "disablequeueing", "disablequeueing", "di", false },
	{ "restorequeueing", "restorequeueing", "rest", false },
	{ "paths", "paths", "paths", false },
	{ "maps", "maps", "maps", false },
	{ "multipaths", "maps", "multipaths", false },
	{ "path", "path", "path", true },
	{ "map", "map", "map", true },
	{ "multipath", "map", "multipath", true },
	{ "group", "group", "gr", true },
	{ "reconfigure", "reconfigure", "rec", false },
	{ "daemon", "daemon", "da", false },
	{ "status", "status", "statu", false },
	{ "stats", "stats", "stats", false },
	{ "topology", "topology", "t", false },
	{ "config", "config", "c", false },
	{ "blacklist", "blacklist", "b", false },
	{ "devices", "devices", "dev", false },
	{ "raw", "raw", "ra", false },
	{ "wildcards", "wildcards", "w", false },
	{ "quit", "quit", "q", false },
	{ "exit", "quit", "e", false },
	{ "shutdown", "shutdown", "shu", false },
	{ "getprstatus", "getprstatus", "getprs", false },
	{ "setprstatus", "setprstatus", "setprs", false },
	{ "unsetprstatus", "unsetprstatus", "unsetprs", false },
	{ "format", "format", "form", true },
	{ "json", "json", "j", false },
	{ "getprkey", "getprkey", "getprk", false },
	{ "setprkey", "setprkey", "setprk", false },
	{ "unsetprkey", "unsetprkey", "unsetprk", false },
	{ "key", "key", "k", true },
	{ "local", "local", "lo", false },
	{ "setmarginal", "setmarginal", "setm", false },
	{ "unsetmarginal", "unsetmarginal", "unsetm", false },
	{ "all", "all", "al", false },
	{ "getprhold", "getprhold", "getprh", false },
	{ "setprhold", "setprhold", "setprh", false },
	{ "unsetprhold", "unsetprhold", "unsetprh", false },
	{ "pathlist", "pathlist", "pathl", true },
};

/* Return: true if the only command of the table, of this one word, matches that one. */
static enum grammar_result parse_alone(const char *grammar, const char *word, size_t length,
				       bool takes_argument)
{
	const struct command command = { .grammar = grammar };
	struct command_line line;
	char text[64];

	snprintf(text, sizeof(text), "%.*s%s", (int)length, word, takes_argument ? " x" : "");
	return grammar_parse(&command, 1, text, &line);
}

static bool is_keyword(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (strlen(keywords[i].keyword) == length &&
		    memcmp(keywords[i].keyword, word, length) == 0)
			return true;
	}
	return false;
}

static void every_keyword_is_known_by_its_abbreviations_and_no_shorter(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		const char *word = keywords[i].keyword;
		size_t shortest = strlen(keywords[i].shortest);

		for (size_t length = 1; length <= strlen(word); length++) {
			enum grammar_result result = parse_alone(keywords[i].meaning, word, length,
								 keywords[i].takes_argument);

			if (length >= shortest)
				assert_int_equal(result, GRAMMAR_OK);
			else if (!is_keyword(
					 word,
					 length)) /* "switch" is no abbreviation of "switchgroup" */
				assert_int_equal(result, keywords[i].takes_argument ?
								 GRAMMAR_UNKNOWN_WORD :
								 GRAMMAR_UNKNOWN_LAST_WORD);
		}
	}
}

static void later_words_are_written_out(void **state)
{
	static const struct command table[] = {
		{ .grammar = "explain $device" },	   { .grammar = "explain $device json" },
		{ .grammar = "reconfigure --dry-run" },	   { .grammar = "list|show config diff" },
		{ .grammar = "list|show status verbose" },
	};
	static const struct {
		const char *text;
		enum grammar_result result;
		int row;
	} cases[] = {
		{ "explain sda", GRAMMAR_OK, 0 },
		{ "explain sda --json", GRAMMAR_OK, 1 },
		{ "explain sda j", GRAMMAR_OK, 1 },
		{ "explai sda", GRAMMAR_UNKNOWN_WORD, 0 },
		{ "explain", GRAMMAR_MISSING_ARGUMENT, 0 },
		{ "rec --dry-run", GRAMMAR_OK, 2 },
		{ "rec --dry", GRAMMAR_UNKNOWN_LAST_WORD, 0 },
		{ "sho c diff", GRAMMAR_OK, 3 },
		{ "sho c dif", GRAMMAR_UNKNOWN_LAST_WORD, 0 },
		{ "show status verbose", GRAMMAR_OK, 4 },
		{ "show status --verbose", GRAMMAR_OK, 4 },
		{ "show status v", GRAMMAR_UNKNOWN_LAST_WORD, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct command_line line;

		assert_int_equal(grammar_parse(table, ARRAY_SIZE(table), cases[i].text, &line),
				 cases[i].result);
		if (cases[i].result == GRAMMAR_OK)
			assert_ptr_equal(line.command, &table[cases[i].row]);
	}
}

static void arguments_pass_through_as_they_are_quoted(void **state)
{
	static const struct {
		const char *text, *arguments[2];
		/* clang-format off */
	} cases[] = {
		{ "show paths format \"%d  %t\"", { "%d  %t" } },
		{ "show paths format \"a\"\"b\"\"\"", { "a\"b\"" } },
		{ "show paths format \"#!{}\xc3\xa4\\n\"", { "#!{}\xc3\xa4\\n" } },
		{ "show paths format \"never closed # ", { "never closed # " } },
		{ "show paths format %d#%t", { "%d" } },
		{ "show paths format {", { "{" } },
		{ "show\tpaths\nformat\r%d ! comment", { "%d" } },
		{ "show\xc3\xa4paths\xff" "format x", { "x" } },
		{ "\"show\" \"paths\" format x", { "x" } },
		{ "show\vpaths \"", { NULL } },
		{ "show paths format x\"\"", { "x" } },
		{ "show map paths raw format \" \"", { "paths", " " } },
		{ "show map \"\" mpatha format x", { "mpatha", "x" } },
		{ "list multipath mpatha form x", { "mpatha", "x" } },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct command_line line;

		assert_int_equal(parse(cases[i].text, &line), GRAMMAR_OK);
		for (size_t j = 0; j < 2; j++) {
			if (!cases[i].arguments[j])
				assert_null(line.arguments[j]);
			else
				assert_string_equal(line.arguments[j], cases[i].arguments[j]);
		}
	}
}

static void what_does_not_parse_says_why(void **state)
{
	static const struct {
		const char *text;
		enum grammar_result result;
	} cases[] = {
		{ "help", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "help \n", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "help # really", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "show foo", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "m", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "show multi", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "show paths extra", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "show path sda {", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "\"foo", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "foo\001bar", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "show daemon show daemon show foo", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "@pin", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "show @ping", GRAMMAR_UNKNOWN_LAST_WORD },
		{ "foo bar", GRAMMAR_UNKNOWN_WORD },
		{ "foo show paths", GRAMMAR_UNKNOWN_WORD },
		{ "foo\"", GRAMMAR_UNKNOWN_WORD },
		{ "foo \"", GRAMMAR_UNKNOWN_WORD },
		{ "\"foo\"", GRAMMAR_UNKNOWN_WORD },
		{ "\" \"", GRAMMAR_UNKNOWN_WORD },
		{ "foo \"\"", GRAMMAR_UNKNOWN_WORD },
		{ "foo{", GRAMMAR_UNKNOWN_WORD },
		{ "{ show", GRAMMAR_UNKNOWN_WORD },
		{ "show daemon show daemon show foo bar", GRAMMAR_UNKNOWN_WORD },
		{ "@pin g", GRAMMAR_UNKNOWN_WORD },
		{ "show", GRAMMAR_MISSING_ARGUMENT },
		{ "show daemon show daemon show daemon", GRAMMAR_MISSING_ARGUMENT },
		{ "show map a\"b\" topology", GRAMMAR_MISSING_ARGUMENT },
		{ "paths show", GRAMMAR_MISSING_ARGUMENT },
		{ "show map", GRAMMAR_MISSING_ARGUMENT },
		{ "show map \"\"", GRAMMAR_MISSING_ARGUMENT },
		{ "show map \"\" topology", GRAMMAR_MISSING_ARGUMENT },
		{ "show map topology", GRAMMAR_MISSING_ARGUMENT },
		{ "show paths format", GRAMMAR_MISSING_ARGUMENT },
		{ "show paths paths", GRAMMAR_MISSING_ARGUMENT },
		{ "show paths raw format x raw", GRAMMAR_MISSING_ARGUMENT },
		{ "path a path b path c path d path e path f", GRAMMAR_MISSING_ARGUMENT },
		{ "\"\"", GRAMMAR_MISSING_ARGUMENT },
		{ "", GRAMMAR_EMPTY },
		{ " \n", GRAMMAR_EMPTY },
		{ " # show paths", GRAMMAR_EMPTY },
		{ "!", GRAMMAR_EMPTY },
		{ "\xc3\xa4", GRAMMAR_EMPTY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct command_line line;

		assert_int_equal(parse(cases[i].text, &line), cases[i].result);
		assert_null(line.command);
	}
}

static void a_text_of_any_bytes_fits(void **state)
{
	char text[COMMAND_TEXT_MAX + 2];
	struct command_line line;

	(void)state;
	memset(text, '{', sizeof(text));
	memcpy(text, "map ", 4);
	text[COMMAND_TEXT_MAX] = '\0';
	assert_int_equal(parse(text, &line), GRAMMAR_UNKNOWN_WORD);
	text[COMMAND_TEXT_MAX] = 'x';
	text[COMMAND_TEXT_MAX + 1] = '\0';
	assert_int_equal(parse(text, &line), GRAMMAR_UNKNOWN_WORD);
}

static void the_reference_lists_every_command(void **state)
{
	_cleanup_strbuf_ struct mp_strbuf expected = MP_STRBUF_INIT, buf = MP_STRBUF_INIT;

	(void)state;
	mp_strbuf_puts(&expected, REFERENCE_TITLE);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		mp_strbuf_printf(&expected, " %s\n", commands[i].grammar);
	grammar_reference(commands, ARRAY_SIZE(commands), &buf);
	assert_string_equal(mp_strbuf_text(&buf), mp_strbuf_text(&expected));
}

static void errors_are_printed_to_the_byte(void **state)
{
	static const struct command table[] = { { .grammar = "list|show paths" } };
	static const struct {
		enum grammar_result result;
		const char *text, *reply;
	} cases[] = {
		{ GRAMMAR_UNKNOWN_LAST_WORD, "help \n",
		  "fail\nhelp \n: not found\n" REFERENCE_TITLE " list|show paths\n" },
		{ GRAMMAR_UNKNOWN_WORD, "foo bar", "fail\n" },
		{ GRAMMAR_MISSING_ARGUMENT, "show",
		  "fail\nshow: Missing argument\n" REFERENCE_TITLE " list|show paths\n" },
		{ GRAMMAR_EMPTY, " ",
		  "fail\n : Not enough memory\n" REFERENCE_TITLE " list|show paths\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_strbuf_ struct mp_strbuf buf = MP_STRBUF_INIT;

		grammar_error(cases[i].result, table, 1, cases[i].text, &buf);
		assert_string_equal(mp_strbuf_text(&buf), cases[i].reply);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_parses_in_all_its_spellings),
		cmocka_unit_test(every_keyword_is_known_by_its_abbreviations_and_no_shorter),
		cmocka_unit_test(later_words_are_written_out),
		cmocka_unit_test(arguments_pass_through_as_they_are_quoted),
		cmocka_unit_test(what_does_not_parse_says_why),
		cmocka_unit_test(a_text_of_any_bytes_fits),
		cmocka_unit_test(the_reference_lists_every_command),
		cmocka_unit_test(errors_are_printed_to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
