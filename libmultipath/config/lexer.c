/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/lexer.h"

#include <errno.h>

void mp_lexer_fini(struct mp_lexer *lexer)
{
	mp_strbuf_fini(&lexer->texts);
}

/* What is not ASCII separates words, too. */
static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || (unsigned char)c >= 0x80;
}

static bool is_comment(char c)
{
	return c == '#' || c == '!';
}

static bool ends_word(char c)
{
	return is_blank(c) || is_comment(c) || c == '{' || c == '}' || c == '"';
}

/* The string behind an opening quote, inner quotes undoubled. Return: where the line goes on. */
static size_t take_string(struct mp_lexer *lexer, const char *text, size_t length, size_t i,
			  bool *unterminated)
{
	for (; i < length; i++) {
		if (text[i] == '"') {
			if (i + 1 == length || text[i + 1] != '"')
				break;
			i++;
		}
		mp_strbuf_putc(&lexer->texts, text[i]);
	}
	*unterminated = i == length;
	return i == length ? i : i + 1;
}

int mp_lexer_split(struct mp_lexer *lexer, const char *text, size_t length, struct mp_line *ret)
{
	size_t offsets[MP_LINE_TOKENS], i = 0;

	mp_strbuf_clear(&lexer->texts);
	ret->count = 0;
	while (ret->count < MP_LINE_TOKENS) {
		struct mp_token *token = &ret->tokens[ret->count];

		while (i < length && is_blank(text[i]))
			i++;
		if (i == length || is_comment(text[i]))
			break;

		*token = (struct mp_token){ .column = i + 1 };
		offsets[ret->count++] = lexer->texts.length;
		if (text[i] == '"') {
			token->kind = MP_TOKEN_STRING;
			i = take_string(lexer, text, length, i + 1, &token->unterminated);
		} else if (text[i] == '{' || text[i] == '}') {
			token->kind = text[i] == '{' ? MP_TOKEN_OPEN : MP_TOKEN_CLOSE;
			mp_strbuf_putc(&lexer->texts, text[i++]);
		} else {
			size_t start = i;

			token->kind = MP_TOKEN_WORD;
			while (i < length && !ends_word(text[i]))
				i++;
			mp_strbuf_add(&lexer->texts, text + start, i - start);
		}
		mp_strbuf_putc(&lexer->texts, '\0');
	}
	if (lexer->texts.error)
		return lexer->texts.error;
	for (unsigned n = 0; n < ret->count; n++)
		ret->tokens[n].text = lexer->texts.text + offsets[n];
	return 0;
}
