/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rules.h - a list of blacklist rules, and which of them matches first.  For: config. */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "config/pattern.h"

struct mp_setting;
struct mp_words;

/* One rule; @product only for devices, where @pattern is the vendor. */
struct mp_rule {
	struct mp_pattern pattern, product;
	const char *text; /* as shown */
	/* that it was made of, NULL: a rule of its own */
	const struct mp_setting *product_blacklist;
	unsigned line;
	uint16_t file, column;
};

struct mp_rule_list {
	struct mp_rule *items;
	size_t count, size;
	struct mp_words *words; /* an index, if the list is long; else NULL */
};

/**
 * mp_rule_list_add() - a copy of @rule, whose patterns are the list's from now on. Return: 0 or
 * -ENOMEM.
 */
int mp_rule_list_add(struct mp_rule_list *list, const struct mp_rule *rule);
/** mp_rule_list_fini() - free the rules, their patterns, and the index */
void mp_rule_list_fini(struct mp_rule_list *list);

/**
 * mp_rule_list_index() - make mp_rule_list_find() quick on a long list, to which nothing is added
 * any more
 *
 * Return: 0 or -ENOMEM.
 */
int mp_rule_list_index(struct mp_rule_list *list);

/** mp_rule_list_find() - the first rule whose pattern matches @subject, NULL if none does */
const struct mp_rule *mp_rule_list_find(const struct mp_rule_list *list, const char *subject);
