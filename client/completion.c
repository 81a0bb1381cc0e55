/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/completion.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct completion {
	size_t count;
	char **rows; /* each: words with alternatives by '|', and $arguments */
	char *text;
};

/* A piece of a text. */
struct word {
	const char *start;
	size_t length;
};

int completion_new(const char *reference, struct completion **ret)
{
	struct completion *completion;
	char *line, *next;

	completion = calloc(1, sizeof(*completion));
	if (!completion)
		return -ENOMEM;
	completion->text = strdup(reference);
	completion->rows = calloc(strlen(reference) / 2 + 1, sizeof(*completion->rows));
	if (!completion->text || !completion->rows) {
		completion_free(completion);
		return -ENOMEM;
	}
	for (line = completion->text; line; line = next) {
		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		if (line[0] == ' ' && line[1] && line[1] != ' ')
			completion->rows[completion->count++] = line + 1;
	}
	*ret = completion;
	return 0;
}

struct completion *completion_free(struct completion *completion)
{
	if (completion) {
		free(completion->rows);
		free(completion->text);
		free(completion);
	}
	return NULL;
}

/* Quotes keep blanks together. Return: is there a word? */
static bool word_next(const char **text, struct word *ret)
{
	bool quoted = false;

	*text += strspn(*text, " \t");
	ret->start = *text;
	for (; **text && (quoted || !strchr(" \t", **text)); (*text)++) {
		if (**text == '"')
			quoted = !quoted;
	}
	ret->length = *text - ret->start;
	return ret->length;
}

const char *completion_word(const char *line)
{
	const char *end = line + strlen(line);
	struct word word = { line, 0 };

	while (word_next(&line, &word)) {
		if (!*line)
			return word.start;
	}
	return end;
}

static bool alternative_next(struct word *rest, struct word *ret)
{
	const char *bar;

	if (!rest->length)
		return false;
	bar = memchr(rest->start, '|', rest->length);
	*ret = *rest;
	if (bar)
		ret->length = bar - rest->start;
	rest->start += ret->length + (bar ? 1 : 0);
	rest->length -= ret->length + (bar ? 1 : 0);
	return true;
}

static bool word_matches(struct word keywords, struct word word, bool exactly)
{
	struct word keyword;

	while (alternative_next(&keywords, &keyword)) {
		if (keyword.length == word.length || (!exactly && keyword.length > word.length)) {
			if (!memcmp(keyword.start, word.start, word.length))
				return true;
		}
	}
	return false;
}

/* "map" is itself, not the beginning of "maps". */
static bool is_keyword(const struct completion *completion, struct word word)
{
	struct word keywords;
	size_t i;

	for (i = 0; i < completion->count; i++) {
		const char *row = completion->rows[i];

		while (word_next(&row, &keywords)) {
			if (word_matches(keywords, word, true))
				return true;
		}
	}
	return false;
}

/*
 * Return: does @row begin with the words of @line? Then @ret are the alternatives behind them, if
 * there are any.
 */
static bool row_follow(const struct completion *completion, const char *row, const char *line,
		       struct word *ret)
{
	struct word given;

	while (word_next(&line, &given)) {
		if (!word_next(&row, ret))
			return false;
		if (*ret->start != '$' && !word_matches(*ret, given, is_keyword(completion, given)))
			return false;
	}
	return word_next(&row, ret);
}

void completion_list(const struct completion *completion, const char *line, completion_fn take,
		     void *userdata)
{
	size_t i, j;

	for (i = 0; i < completion->count; i++) {
		struct word words, word;

		if (!row_follow(completion, completion->rows[i], line, &words))
			continue;
		while (alternative_next(&words, &word)) {
			bool known = !word.length;

			/* Rows above this one have given their words already. */
			for (j = 0; j < i && !known; j++) {
				struct word earlier;

				known = row_follow(completion, completion->rows[j], line,
						   &earlier) &&
					word_matches(earlier, word, true);
			}
			if (!known)
				take(userdata, word.start, word.length);
		}
	}
}
