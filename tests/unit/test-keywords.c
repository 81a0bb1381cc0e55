/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/arena.h"
#include "config/keywords.h"

static void every_keyword_has_a_name_and_a_section(void **state)
{
	(void)state;
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		const struct mp_keyword *keyword = &mp_keywords[key];
		bool found = false;

		assert_non_null(keyword->name);
		if (!(keyword->flags & MP_KEYWORD_IGNORED))
			assert_non_null(keyword->type);
		for (enum mp_scope scope = 0; scope < MP_SCOPES; scope++)
			found |= mp_keyword_find(scope, keyword->name) == key;
		if (!found)
			fail_msg("no section takes %s", keyword->name);
	}
}

static void no_section_lists_a_name_twice(void **state)
{
	(void)state;
	for (enum mp_scope scope = 0; scope < MP_SCOPES; scope++) {
		unsigned place = 0, count = 0, taken = 0;

		for (enum mp_key key; (key = mp_keyword_next(scope, &place)) != MP_KEY_NONE;
		     count++)
			assert_int_equal(mp_keyword_find(scope, mp_keywords[key].name), key);
		for (enum mp_key key = 0; key < MP_KEYS; key++)
			taken += mp_keyword_in_scope(scope, key);
		assert_int_equal(count, taken);
	}
}

/* overrides has the order of device, for fewer keywords. */
static void the_keywords_printed_first_belong_to_their_section(void **state)
{
	(void)state;
	for (enum mp_scope scope = 0; scope < MP_SCOPES; scope++)
		for (unsigned i = 0; i < mp_scopes[scope].first_count; i++) {
			enum mp_key key = mp_scopes[scope].first[i];

			if (!mp_keyword_in_scope(scope, key) && scope != MP_SCOPE_OVERRIDES)
				fail_msg("%s is printed first in %s, which does not take it",
					 mp_keywords[key].name, mp_scopes[scope].name);
		}
}

static void each_section_is_found_in_its_parent_only(void **state)
{
	(void)state;
	for (enum mp_scope scope = MP_SCOPE_TOP + 1; scope < MP_SCOPES; scope++)
		for (enum mp_scope parent = MP_SCOPE_TOP; parent < MP_SCOPES; parent++)
			if (parent == mp_scopes[scope].parent)
				assert_int_equal(mp_keyword_scope_find(parent,
								       mp_scopes[scope].name),
						 scope);
			else
				assert_int_not_equal(mp_keyword_scope_find(parent,
									   mp_scopes[scope].name),
						     scope);
}

static void ignore_told(struct mp_value_reader *reader, int level, const char *text)
{
	(void)reader, (void)level, (void)text;
}

/* A default is what the keyword's own type reads and prints. */
static void built_in_values_can_be_written_in_a_file(void **state)
{
	_cleanup_(mp_arena_fini) struct mp_arena arena = { 0 };
	struct mp_value_reader reader = { &arena, ignore_told };

	(void)state;
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		_cleanup_strbuf_ struct mp_strbuf printed = MP_STRBUF_INIT, again = MP_STRBUF_INIT;
		const struct mp_keyword *keyword = &mp_keywords[key];
		struct mp_setting setting = { .key = key };
		char *text;

		if (!(keyword->flags & MP_KEYWORD_HAS_DEFAULT))
			continue;
		keyword->type->format(keyword, &keyword->built_in, &printed);
		text = printed.text;
		if (*text == '"') {
			text[strlen(text) - 1] = '\0';
			text++;
		}
		if (keyword->type->parse(&reader, keyword, text, &setting) != 0)
			fail_msg("default \"%s\" of %s cannot be read", text, keyword->name);
		keyword->type->format(keyword, &setting, &again);
		assert_non_null(strstr(again.text, text));
	}
}

static void sections_are_found_within_their_parents(void **state)
{
	(void)state;
	assert_int_equal(mp_keyword_scope_find(MP_SCOPE_TOP, "devices"), MP_SCOPE_DEVICES);
	assert_int_equal(mp_keyword_scope_find(MP_SCOPE_TOP, "device"), MP_SCOPE_TOP);
	assert_int_equal(mp_keyword_scope_find(MP_SCOPE_DEVICES, "device"), MP_SCOPE_DEVICE);
	assert_int_equal(mp_keyword_scope_find(MP_SCOPE_BLACKLIST, "device"),
			 MP_SCOPE_BLACKLIST_DEVICE);
	assert_int_equal(mp_keyword_scope_find(MP_SCOPE_OVERRIDES, "protocol"), MP_SCOPE_PROTOCOL);
	assert_int_equal(mp_keyword_scope_find(MP_SCOPE_BLACKLIST, "protocol"), MP_SCOPE_TOP);
	assert_true(mp_keyword_scope_is_word("device"));
	assert_false(mp_keyword_scope_is_word("overrides"));
	assert_false(mp_keyword_scope_is_word("protocol"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_keyword_has_a_name_and_a_section),
		cmocka_unit_test(no_section_lists_a_name_twice),
		cmocka_unit_test(the_keywords_printed_first_belong_to_their_section),
		cmocka_unit_test(each_section_is_found_in_its_parent_only),
		cmocka_unit_test(built_in_values_can_be_written_in_a_file),
		cmocka_unit_test(sections_are_found_within_their_parents),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
