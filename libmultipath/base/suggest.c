/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { WORD_MAX = 63, EDITS_MAX = 3, LETTERS_PER_EDIT = 3, PART_MIN = 5 };

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool is_same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

unsigned mp_suggest_distance(const char *a, const char *b, unsigned limit)
{
	/* Rows of the usual matrix: the last but one, the last, and this one. */
	unsigned rows[3][WORD_MAX + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	if (a_length > WORD_MAX || b_length > WORD_MAX ||
	    (a_length > b_length ? a_length - b_length : b_length - a_length) > limit)
		return limit + 1;
	for (size_t k = 0; k <= b_length; k++)
		rows[0][k] = k;
	for (size_t i = 1; i <= a_length; i++) {
		unsigned *row = rows[i % 3], *above = rows[(i + 2) % 3],
			 *two_above = rows[(i + 1) % 3];
		unsigned least = row[0] = i;

		for (size_t k = 1; k <= b_length; k++) {
			row[k] = min(above[k - 1] + !is_same(a[i - 1], b[k - 1]),
				     min(above[k], row[k - 1]) + 1);
			if (i > 1 && k > 1 && is_same(a[i - 1], b[k - 2]) &&
			    is_same(a[i - 2], b[k - 1]))
				row[k] = min(row[k], two_above[k - 2] + 1);
			least = min(least, row[k]);
		}
		if (least > limit + 1)
			return limit + 1;
	}
	return rows[a_length % 3][b_length];
}

struct mp_suggestion mp_suggest_start(const char *word)
{
	size_t edits = (strlen(word) + LETTERS_PER_EDIT - 1) / LETTERS_PER_EDIT;

	return (struct mp_suggestion){ .word = word, .distance = min(edits, EDITS_MAX) };
}

void mp_suggest_offer(struct mp_suggestion *suggestion, const char *candidate)
{
	unsigned distance = mp_suggest_distance(suggestion->word, candidate, suggestion->distance);

	/* "selector" may be short for "path_selector". */
	if (!suggestion->best && distance > suggestion->distance &&
	    strlen(suggestion->word) >= PART_MIN && strstr(candidate, suggestion->word))
		distance = suggestion->distance;

	/* What shares no letter is no misspelling, short as it may be. */
	if (distance > suggestion->distance || distance >= strlen(candidate))
		return;
	if (suggestion->best && distance == suggestion->distance) {
		suggestion->rival = candidate;
		return;
	}
	suggestion->best = candidate;
	suggestion->rival = NULL;
	suggestion->distance = distance;
}
