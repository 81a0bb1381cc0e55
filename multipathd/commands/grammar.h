/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * grammar.h - from a request's text to a row of the command table.  Pure.  For: commands, fuzzing.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct mp_strbuf;
struct command_call;

enum { COMMAND_WORDS_MAX = 4, COMMAND_ARGUMENTS_MAX = 4, COMMAND_TEXT_MAX = 512 };

enum command_privilege { ANYBODY, ROOT };

/* What the rows of one handler differ by, and when they are served. */
enum {
	COMMAND_ALL = 1 << 0,
	COMMAND_JSON = 1 << 1,
	COMMAND_LOCAL = 1 << 2,
	COMMAND_RAW = 1 << 3,
	COMMAND_UNDO = 1 << 4, /* "unset", "restore", "resume" */
	COMMAND_VERBOSE = 1 << 5,
	COMMAND_GROUPS = 1 << 6, /* shows the path group in use: served after a look */
};

/*
 * One row of the command table; "show map $map topology": words, and the argument of the word
 * before it.
 */
struct command {
	const char *grammar; /* alternatives of a word by '|': "list|show maps|multipaths" */
	void (*handler)(struct command_call *call);
	enum command_privilege privilege;
	unsigned options; /* COMMAND_*, for the handler */
	const char *format; /* of a listing, for the handler; NULL: given by the client */
};

struct command_line {
	const struct command *command;
	/* in the order of the grammar, NULL after the last */
	const char *arguments[COMMAND_ARGUMENTS_MAX + 1];
	size_t argument_count;
	char text[2 * COMMAND_TEXT_MAX + 2]; /* the text that they point into */
};

enum grammar_result {
	GRAMMAR_OK,
	GRAMMAR_UNKNOWN_LAST_WORD, /* reply: fail, "<cmd>: not found", reference */
	GRAMMAR_UNKNOWN_WORD, /* reply: fail */
	GRAMMAR_MISSING_ARGUMENT, /* reply: fail, "<cmd>: Missing argument", reference */
	GRAMMAR_EMPTY, /* reply: fail, "<cmd>: Not enough memory", reference */
};

/** command_undoes() - true for the command that reverses another one with the same function */
static inline bool command_undoes(const struct command *command)
{
	return command->options & COMMAND_UNDO;
}

/** grammar_parse() - @ret is written whatever the result; @ret->command on GRAMMAR_OK only */
enum grammar_result grammar_parse(const struct command *table, size_t count, const char *text,
				  struct command_line *ret);

/** grammar_reference() - version line, title, and one line a command */
void grammar_reference(const struct command *table, size_t count, struct mp_strbuf *buf);

/** grammar_error() - the whole reply to a request that did not parse */
void grammar_error(enum grammar_result result, const struct command *table, size_t count,
		   const char *text, struct mp_strbuf *buf);
