/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { RULES = 300, TEXT_SIZE = 12 };

static const struct mp_rule *find_one_by_one(const struct mp_rule_list *list, const char *subject)
{
	for (size_t i = 0; i < list->count; i++)
		if (mp_pattern_matches(&list->items[i].pattern, subject))
			return &list->items[i];
	return NULL;
}

static void list_add(struct mp_rule_list *list, const char *text)
{
	struct mp_rule rule = { .text = text };

	assert_int_equal(mp_pattern_init(&rule.pattern, text), 0);
	assert_int_equal(mp_rule_list_add(list, &rule), 0);
}

/* Few letters, so that rules overlap; some rules are more than words. */
static void text_make(char *text, unsigned *seed, bool rule)
{
	static const char *const frames[] = { "%s",  "%s",  "%s",  "%s",      "^%s",
					      "%s$", "!%s", ".%s", "(%s|zz)", "[ab]%s" };
	size_t length = 1 + rand_r(seed) % 6;
	char word[8];

	for (size_t i = 0; i < length; i++)
		word[i] = "abcd"[rand_r(seed) % 4];
	word[length] = '\0';
	/* A rule that all texts match would hide the others. */
	snprintf(text, TEXT_SIZE, rule && length > 3 ? frames[rand_r(seed) % 10] : "%s", word);
	if (rule && (length < 4 || text[0] == '!'))
		snprintf(text, TEXT_SIZE, "%sdddd", word);
}

static void the_index_finds_the_same_rules_as_a_linear_search(void **state)
{
	unsigned seed = 1;
	size_t found = 0;

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		struct mp_rule_list list = { 0 };
		char texts[RULES][TEXT_SIZE];

		for (size_t i = 0; i < RULES; i++) {
			text_make(texts[i], &seed, true);
			list_add(&list, texts[i]);
		}
		assert_int_equal(mp_rule_list_index(&list), 0);
		assert_non_null(list.words);
		for (unsigned i = 0; i < 2000; i++) {
			char subject[TEXT_SIZE];
			const struct mp_rule *rule;

			text_make(subject, &seed, false);
			rule = mp_rule_list_find(&list, subject);
			assert_ptr_equal(rule, find_one_by_one(&list, subject));
			found += rule != NULL;
		}
		mp_rule_list_fini(&list);
	}
	assert_in_range(found, 4000, 36000);
}

static void a_rule_that_inverts_is_found_in_its_place(void **state)
{
	struct mp_rule_list list = { 0 };
	char texts[RULES][TEXT_SIZE];

	(void)state;
	for (unsigned i = 0; i < RULES; i++) {
		snprintf(texts[i], TEXT_SIZE, i == 100 ? "!x" : "w%03u", i);
		list_add(&list, texts[i]);
	}
	assert_int_equal(mp_rule_list_index(&list), 0);
	assert_ptr_equal(mp_rule_list_find(&list, "w099"), &list.items[99]);
	assert_ptr_equal(mp_rule_list_find(&list, "xw101"), &list.items[101]);
	assert_ptr_equal(mp_rule_list_find(&list, "w101"), &list.items[100]);
	assert_null(mp_rule_list_find(&list, "x"));
	mp_rule_list_fini(&list);
}

static void a_short_list_needs_no_index(void **state)
{
	struct mp_rule_list list = { 0 };

	(void)state;
	list_add(&list, "one");
	assert_int_equal(mp_rule_list_index(&list), 0);
	assert_null(list.words);
	mp_rule_list_fini(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_finds_the_same_rules_as_a_linear_search),
		cmocka_unit_test(a_rule_that_inverts_is_found_in_its_place),
		cmocka_unit_test(a_short_list_needs_no_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
