/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/grammar.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

struct keyword {
	const char *name;
	const char *meaning; /* the keyword that it is another name of, or its own name */
	bool takes_argument;
};

/* clang-format off */
static const struct keyword keywords[] = {
	{ "list",		"list",			false },
	{ "show",		"list",			false },
	{ "add",		"add",			false },
	{ "remove",		"remove",		false },
	{ "del",		"remove",		false },
	{ "switch",		"switch",		false },
	{ "switchgroup",	"switch",		false },
	{ "suspend",		"suspend",		false },
	{ "resume",		"resume",		false },
	{ "reinstate",		"reinstate",		false },
	{ "fail",		"fail",			false },
	{ "resize",		"resize",		false },
	{ "reset",		"reset",		false },
	{ "reload",		"reload",		false },
	{ "forcequeueing",	"forcequeueing",	false },
	{ "disablequeueing",	"disablequeueing",	false },
	{ "restorequeueing",	"restorequeueing",	false },
	{ "paths",		"paths",		false },
	{ "maps",		"maps",			false },
	{ "multipaths",		"maps",			false },
	{ "path",		"path",			true },
	{ "map",		"map",			true },
	{ "multipath",		"map",			true },
	{ "group",		"group",		true },
	{ "reconfigure",	"reconfigure",		false },
	{ "daemon",		"daemon",		false },
	{ "status",		"status",		false },
	{ "stats",		"stats",		false },
	{ "topology",		"topology",		false },
	{ "config",		"config",		false },
	{ "blacklist",		"blacklist",		false },
	{ "devices",		"devices",		false },
	{ "raw",		"raw",			false },
	{ "wildcards",		"wildcards",		false },
	{ "quit",		"quit",			false },
	{ "exit",		"quit",			false },
	{ "shutdown",		"shutdown",		false },
	{ "getprstatus",	"getprstatus",		false },
	{ "setprstatus",	"setprstatus",		false },
	{ "unsetprstatus",	"unsetprstatus",	false },
	{ "format",		"format",		true },
	{ "json",		"json",			false },
	{ "getprkey",		"getprkey",		false },
	{ "setprkey",		"setprkey",		false },
	{ "unsetprkey",		"unsetprkey",		false },
	{ "key",		"key",			true },
	{ "local",		"local",		false },
	{ "setmarginal",	"setmarginal",		false },
	{ "unsetmarginal",	"unsetmarginal",	false },
	{ "all",		"all",			false },
	{ "getprhold",		"getprhold",		false },
	{ "setprhold",		"setprhold",		false },
	{ "unsetprhold",	"unsetprhold",		false },
	{ "pathlist",		"pathlist",		true },
};

/* Cannot be abbreviated, so that the abbreviations of the others stay unique. */
static const struct keyword whole_keywords[] = {
	{ "check",		"check",		false },
	{ "explain",		"explain",		true },
	{ "diff",		"diff",			false },
	{ "verbose",		"verbose",		false },
	{ "reservations",	"reservations",		false },
	{ "--dry-run",		"--dry-run",		false },
	{ "--verbose",		"verbose",		false },
	{ "--json",		"json",			false },
};
/* clang-format on */

/* An exact name, or the beginning of one keyword only; an alias is a keyword of its own. */
static const struct keyword *keyword_find(const char *word)
{
	const struct keyword *found = NULL;
	size_t length = strlen(word), matches = 0;

	for (size_t i = 0; i < ARRAY_SIZE(whole_keywords); i++)
		if (!strcmp(whole_keywords[i].name, word))
			return &whole_keywords[i];
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (strncmp(keywords[i].name, word, length) != 0)
			continue;
		if (keywords[i].name[length] == '\0')
			return &keywords[i];
		found = &keywords[i];
		matches++;
	}
	return matches == 1 ? found : NULL;
}

/* ---- tokens ---- */

struct lexer {
	const char *next;
	char *out; /* where the next token's text goes */
	bool any; /* a token or a quote mark was seen */
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (unsigned char)c >= 0x80;
}

static bool ends_word(char c)
{
	return c == '\0' || is_blank(c) || strchr("!#{}\"", c);
}

/* After the opening quote mark; an unclosed string extends to the end. */
static void lexer_string(struct lexer *lexer)
{
	while (*lexer->next) {
		if (*lexer->next == '"' && *++lexer->next != '"')
			break;
		*lexer->out++ = *lexer->next++;
	}
}

static const char *lexer_token(struct lexer *lexer)
{
	char *token = lexer->out;

	while (lexer->out == token) {
		while (is_blank(*lexer->next))
			lexer->next++;
		if (*lexer->next == '\0' || *lexer->next == '!' || *lexer->next == '#')
			return NULL;
		lexer->any = true;
		if (*lexer->next == '"') {
			lexer->next++;
			lexer_string(lexer);
		} else if (*lexer->next == '{' || *lexer->next == '}') {
			*lexer->out++ = *lexer->next++;
		} else {
			while (!ends_word(*lexer->next))
				*lexer->out++ = *lexer->next++;
		}
	}
	*lexer->out++ = '\0';
	return token;
}

/* True if the word read is the last one. A quote mark after it counts as more text, even its own.
 */
static bool lexer_is_at_end(const struct lexer *lexer)
{
	const char *next = lexer->next;

	if (next[-1] == '"')
		return false;
	while (is_blank(*next))
		next++;
	return *next == '\0' || *next == '!' || *next == '#';
}

/* ---- rows ---- */

/* Steps over one element of a grammar. Return: its length, 0 at the end. */
static size_t grammar_next(const char **grammar, const char **element)
{
	size_t length;

	*grammar += strspn(*grammar, " ");
	*element = *grammar;
	length = strcspn(*grammar, " ");
	*grammar += length;
	return length;
}

static bool element_has(const char *element, size_t length, const char *word)
{
	size_t word_length = strlen(word), part;

	for (; length > 0; element += part, length -= part) {
		part = strcspn(element, "| ");
		if (part == word_length && memcmp(element, word, part) == 0)
			return true;
		if (part < length)
			part++;
	}
	return false;
}

/* Return: true if these words, in order and without a rest, match the row. */
static bool grammar_matches(const struct command *command, const char *const *words, size_t count)
{
	const char *grammar = command->grammar, *element;
	size_t length, at = 0;

	while ((length = grammar_next(&grammar, &element)) > 0) {
		if (*element == '$')
			continue;
		if (at == count || !element_has(element, length, words[at]))
			return false;
		at++;
	}
	return at == count;
}

static void grammar_add_argument(struct command_line *line, const char *argument)
{
	if (line->argument_count < COMMAND_ARGUMENTS_MAX)
		line->arguments[line->argument_count++] = argument;
}

static enum grammar_result grammar_finish(struct command_line *line, const struct command *command)
{
	line->command = command;
	return command ? GRAMMAR_OK : GRAMMAR_MISSING_ARGUMENT;
}

enum grammar_result grammar_parse(const struct command *table, size_t count, const char *text,
				  struct command_line *ret)
{
	struct lexer lexer = { .next = text, .out = ret->text };
	const char *words[COMMAND_WORDS_MAX], *token;
	const struct keyword *keyword = NULL;
	bool wants_argument = false;
	size_t word_count = 0;

	ret->command = NULL;
	ret->argument_count = 0;
	memset(ret->arguments, 0, sizeof(ret->arguments));
	if (strnlen(text, COMMAND_TEXT_MAX + 1) > COMMAND_TEXT_MAX)
		return GRAMMAR_UNKNOWN_WORD;

	while ((token = lexer_token(&lexer))) {
		if (wants_argument) {
			grammar_add_argument(ret, token);
			wants_argument = false;
			continue;
		}
		keyword = keyword_find(token);
		if (!keyword)
			return lexer_is_at_end(&lexer) ? GRAMMAR_UNKNOWN_LAST_WORD :
							 GRAMMAR_UNKNOWN_WORD;
		if (word_count < COMMAND_WORDS_MAX)
			words[word_count] = keyword->meaning;
		word_count++;
		wants_argument = keyword->takes_argument;
	}
	if (!lexer.any)
		return GRAMMAR_EMPTY;
	if (wants_argument || word_count == 0 || word_count > COMMAND_WORDS_MAX)
		return GRAMMAR_MISSING_ARGUMENT;

	for (size_t i = 0; i < count; i++) {
		if (grammar_matches(&table[i], words, word_count))
			return grammar_finish(ret, &table[i]);
	}
	return GRAMMAR_MISSING_ARGUMENT;
}

void grammar_reference(const struct command *table, size_t count, struct mp_strbuf *buf)
{
	mp_strbuf_puts(buf, "multipath-tools v" VERSION " (" VERSION_DATE ")\n"
			    "CLI commands reference:\n");
	for (size_t i = 0; i < count; i++)
		mp_strbuf_printf(buf, " %s\n", table[i].grammar);
}

void grammar_error(enum grammar_result result, const struct command *table, size_t count,
		   const char *text, struct mp_strbuf *buf)
{
	static const char *const reasons[] = {
		[GRAMMAR_UNKNOWN_LAST_WORD] = "not found",
		[GRAMMAR_MISSING_ARGUMENT] = "Missing argument",
		[GRAMMAR_EMPTY] = "Not enough memory",
	};

	mp_strbuf_puts(buf, "fail\n");
	if (result == GRAMMAR_OK || result == GRAMMAR_UNKNOWN_WORD)
		return;
	mp_strbuf_printf(buf, "%s: %s\n", text, reasons[result]);
	grammar_reference(table, count, buf);
}
