/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Below that, one after the other is as quick. */
enum { WORTH_IT = 64 };

struct word {
	const char *text;
	size_t length, place;
};

/*
 * An index of those rules of a long list that are plain words, found anywhere in a text: sorted by
 * length, text and place.
 */
struct mp_words {
	struct word *words;
	size_t word_count;
	size_t *others; /* places of rules that are more than a word, in order */
	size_t other_count;
};

static int word_compare(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int order;

	if (x->length != y->length)
		return x->length < y->length ? -1 : 1;
	order = memcmp(x->text, y->text, x->length);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void words_free(struct mp_words *words)
{
	if (!words)
		return;
	free(words->words);
	free(words->others);
	free(words);
}

int mp_rule_list_index(struct mp_rule_list *list)
{
	struct mp_words *words;

	if (list->count < WORTH_IT)
		return 0;
	words = calloc(1, sizeof(*words));
	if (!words)
		return -ENOMEM;
	words->words = calloc(list->count, sizeof(*words->words));
	words->others = calloc(list->count, sizeof(*words->others));
	if (!words->words || !words->others) {
		words_free(words);
		return -ENOMEM;
	}
	for (size_t i = 0; i < list->count; i++) {
		const struct mp_pattern *pattern = &list->items[i].pattern;

		if (mp_pattern_is_word(pattern))
			words->words[words->word_count++] =
				(struct word){ pattern->expression, strlen(pattern->expression),
					       i };
		else
			words->others[words->other_count++] = i;
	}
	qsort(words->words, words->word_count, sizeof(*words->words), word_compare);
	list->words = words;
	return 0;
}

/* The first word from @low on that is not before @key in the order. */
static size_t lower_bound(const struct mp_words *words, size_t low, const struct word *key)
{
	size_t high = words->word_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (word_compare(&words->words[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first word from @low on that is longer. */
static size_t longer_than(const struct mp_words *words, size_t low, size_t length)
{
	size_t high = words->word_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (words->words[middle].length <= length)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Place of the first rule whose word is somewhere in @subject; @none if there is none. */
static size_t find_word(const struct mp_words *words, const char *subject, size_t none)
{
	size_t length = strlen(subject), at = 0, best = none;

	while (at < words->word_count && words->words[at].length <= length) {
		size_t word_length = words->words[at].length;

		for (size_t i = 0; i + word_length <= length; i++) {
			const struct word key = { subject + i, word_length, 0 };
			size_t found = lower_bound(words, at, &key);

			if (found < words->word_count &&
			    words->words[found].length == word_length &&
			    !memcmp(words->words[found].text, key.text, word_length) &&
			    words->words[found].place < best)
				best = words->words[found].place;
		}
		at = longer_than(words, at, word_length);
	}
	return best;
}

static const struct mp_rule *find_by_words(const struct mp_rule_list *list, const char *subject)
{
	const struct mp_words *words = list->words;
	size_t best = find_word(words, subject, list->count);

	for (size_t i = 0; i < words->other_count && words->others[i] < best; i++)
		if (mp_pattern_matches(&list->items[words->others[i]].pattern, subject))
			return &list->items[words->others[i]];
	return best < list->count ? &list->items[best] : NULL;
}

const struct mp_rule *mp_rule_list_find(const struct mp_rule_list *list, const char *subject)
{
	if (list->words)
		return find_by_words(list, subject);
	for (size_t i = 0; i < list->count; i++)
		if (mp_pattern_matches(&list->items[i].pattern, subject))
			return &list->items[i];
	return NULL;
}

int mp_rule_list_add(struct mp_rule_list *list, const struct mp_rule *rule)
{
	if (list->count == list->size) {
		size_t size = list->size ? list->size * 2 : 4;
		struct mp_rule *items = reallocarray(list->items, size, sizeof(*items));

		if (!items)
			return -ENOMEM;
		list->items = items;
		list->size = size;
	}
	list->items[list->count++] = *rule;
	return 0;
}

void mp_rule_list_fini(struct mp_rule_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		mp_pattern_fini(&list->items[i].pattern);
		mp_pattern_fini(&list->items[i].product);
	}
	words_free(list->words);
	free(list->items);
	*list = (struct mp_rule_list){ 0 };
}
