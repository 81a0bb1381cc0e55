/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/lexer.h"

#include <stdint.h>

void mp_lexer_fini(struct mp_lexer *lexer)
{
	mp_strbuf_fini(&lexer->texts);
}

/* What a byte is outside of quotes; what is not ASCII separates words, too. */
enum { WORD, BLANK, FOREIGN, COMMENT, OTHER_END };

static const uint8_t kinds[256] = {
	['\t' ... '\r'] = BLANK, [' '] = BLANK,	    [0x80 ... 0xff] = FOREIGN, ['#'] = COMMENT,
	['!'] = COMMENT,	 ['{'] = OTHER_END, ['}'] = OTHER_END,	       ['"'] = OTHER_END,
};

static unsigned kind_of(char c)
{
	return kinds[(unsigned char)c];
}

/* A non-breaking space looks like a blank to the reader of the file, too. */
static bool is_wide_blank(const char *text, size_t length, size_t i)
{
	return (i + 1 < length && text[i] == '\xc2' && text[i + 1] == '\xa0') ||
	       (i && text[i - 1] == '\xc2' && text[i] == '\xa0');
}

static size_t skip_blanks(const char *text, size_t length, size_t i, struct mp_line *line)
{
	for (; i < length && kind_of(text[i]) <= FOREIGN && kind_of(text[i]) != WORD; i++)
		if (kind_of(text[i]) == FOREIGN && !line->foreign_column &&
		    !is_wide_blank(text, length, i))
			line->foreign_column = i + 1;
	return i;
}

static void note_comment(const char *text, size_t length, size_t i, struct mp_line *line)
{
	line->comment_column = i + 1;
	line->comment_sign = text[i];
	line->cuts_word = i && kind_of(text[i - 1]) == WORD &&
			  (i + 1 == length || kind_of(text[i + 1]) != BLANK);
}

/*
 * The string behind an opening quote, inner quotes undoubled, to *@out. Return: where the line goes
 * on.
 */
static size_t take_string(char **out, const char *text, size_t length, size_t i, bool *unterminated)
{
	for (; i < length; i++) {
		if (text[i] == '"') {
			if (i + 1 == length || text[i + 1] != '"')
				break;
			i++;
		}
		*(*out)++ = text[i];
	}
	*unterminated = i == length;
	return i == length ? i : i + 1;
}

int mp_lexer_split(struct mp_lexer *lexer, const char *text, size_t length, struct mp_line *ret)
{
	size_t i = 0;
	char *out;

	mp_strbuf_clear(&lexer->texts);
	out = mp_strbuf_extend(&lexer->texts, length + MP_LINE_TOKENS);
	if (!out)
		return lexer->texts.error;
	ret->count = ret->foreign_column = ret->comment_column = 0;
	ret->cuts_word = false;
	while (ret->count < MP_LINE_TOKENS) {
		struct mp_token *token = &ret->tokens[ret->count];

		i = skip_blanks(text, length, i, ret);
		if (i == length)
			break;
		if (kind_of(text[i]) == COMMENT) {
			note_comment(text, length, i, ret);
			break;
		}

		*token = (struct mp_token){ .column = i + 1, .text = out };
		ret->count++;
		if (text[i] == '"') {
			token->kind = MP_TOKEN_STRING;
			i = take_string(&out, text, length, i + 1, &token->unterminated);
		} else if (text[i] == '{' || text[i] == '}') {
			token->kind = text[i] == '{' ? MP_TOKEN_OPEN : MP_TOKEN_CLOSE;
			*out++ = text[i++];
		} else {
			token->kind = MP_TOKEN_WORD;
			while (i < length && kind_of(text[i]) == WORD)
				*out++ = text[i++];
		}
		*out++ = '\0';
	}
	return 0;
}
