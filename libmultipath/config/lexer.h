/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lexer.h - the words of one line of multipath.conf.  For: config. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

enum mp_token_kind { MP_TOKEN_WORD, MP_TOKEN_STRING, MP_TOKEN_OPEN, MP_TOKEN_CLOSE };

struct mp_token {
	enum mp_token_kind kind;
	const char *text; /* without quotes; owned by the lexer until the next line */
	unsigned column; /* from 1 */
	bool unterminated; /* string without its closing quote */
};

enum { MP_LINE_TOKENS = 3 }; /* keyword, value, and one that is too many */

struct mp_line {
	struct mp_token tokens[MP_LINE_TOKENS];
	unsigned count;
	/* of the first byte outside of quotes that is not ASCII, and separates words; 0 none */
	unsigned foreign_column;
	unsigned comment_column; /* 0 none */
	char comment_sign; /* "#" or "!" */
	bool cuts_word; /* the comment begins where a word was not at its end */
};

struct mp_lexer {
	struct mp_strbuf texts; /* of the tokens, each with its NUL */
};

/** mp_lexer_fini() - free the texts that tokens point to */
void mp_lexer_fini(struct mp_lexer *lexer);

/**
 * mp_lexer_split() - one line, without newline, into its first tokens
 *
 * Return: 0 or -ENOMEM.
 */
int mp_lexer_split(struct mp_lexer *lexer, const char *text, size_t length, struct mp_line *ret);
