/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* words.h - an index of those rules of a long list that are plain words, found anywhere in a text.  For: filter.c. */
#pragma once
#include <stddef.h>

struct mp_rule_list;
struct mp_words;

/**
 * mp_words_new() - index a list that does not change any more; its rules are borrowed
 * @ret:	NULL if the list is too short to be worth it
 *
 * Return: 0 or -ENOMEM.
 */
int mp_words_new(const struct mp_rule_list *list, struct mp_words **ret);
/** mp_words_free() - Return: NULL */
struct mp_words *mp_words_free(struct mp_words *words);

/** mp_words_find() - place of the first rule of @list that matches, its count if none does */
size_t mp_words_find(const struct mp_words *words, const struct mp_rule_list *list, const char *subject);
