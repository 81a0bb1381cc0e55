/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * multipath.conf(5) agrees with the keyword table. Keywords, and only they, are headed by ".B
 * NAME".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "config/keywords.h"
#include "config/types.h"

/* In the order of the manual's lines "In: ..." */
static const struct {
	enum mp_scope scope;
	const char *name;
} places[] = {
	{ MP_SCOPE_BLACKLIST, "blacklist" },
	{ MP_SCOPE_EXCEPTIONS, "blacklist_exceptions" },
	{ MP_SCOPE_BLACKLIST_DEVICE, "device of the blacklists" },
	{ MP_SCOPE_DEVICES, "devices" },
	{ MP_SCOPE_MULTIPATHS, "multipaths" },
	{ MP_SCOPE_DEFAULTS, "defaults" },
	{ MP_SCOPE_DEVICE, "device" },
	{ MP_SCOPE_OVERRIDES, "overrides" },
	{ MP_SCOPE_PROTOCOL, "protocol" },
	{ MP_SCOPE_MULTIPATH, "multipath" },
};

enum { PLACES = sizeof(places) / sizeof(places[0]) };

static int manual_read(void **state)
{
	FILE *file = fopen("multipath.conf.5", "r");
	size_t size = 256 * 1024, length;
	char *text;

	if (!file)
		return -1;
	text = malloc(size);
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
	*state = text;
	return 0;
}

static int manual_free(void **state)
{
	free(*state);
	return 0;
}

static bool is_known(enum mp_scope scope, const char *name)
{
	return mp_keyword_find(scope, name) != MP_KEY_NONE ||
	       mp_keyword_scope_find(scope, name) != MP_SCOPE_TOP;
}

/* The text under the keyword's heading. */
static const char *find_entry(const char *manual, const char *name)
{
	char heading[80];
	const char *entry;

	snprintf(heading, sizeof(heading), "\n.TP\n.B %s\n", name);
	entry = strstr(manual, heading);
	return entry ? entry + strlen(heading) : NULL;
}

static void check_name(const char *manual, const char *name)
{
	struct mp_strbuf expected = MP_STRBUF_INIT;
	const char *entry = find_entry(manual, name), *end, *line;
	bool some = false;

	if (!entry)
		fail_msg("multipath.conf(5) does not describe %s", name);

	mp_strbuf_puts(&expected, "In: ");
	for (size_t i = 0; i < PLACES; i++) {
		if (!is_known(places[i].scope, name))
			continue;
		mp_strbuf_printf(&expected, "%s%s", some ? ", " : "", places[i].name);
		some = true;
	}
	mp_strbuf_puts(&expected, ".\n");

	end = strstr(entry, "\n.B ");
	line = strstr(entry, mp_strbuf_text(&expected));
	if (!line || (end && line > end))
		fail_msg("multipath.conf(5), %s: should say \"%s\"", name,
			 mp_strbuf_text(&expected));
	mp_strbuf_fini(&expected);
}

static void each_keyword_is_described_with_the_sections_that_know_it(void **state)
{
	for (size_t i = MP_KEY_NONE + 1; i < MP_KEYS; i++)
		check_name(*state, mp_keywords[i].name);
}

/* What a value looks like in the manual: no quotes around one word, roff's minus. */
static void add_default(const struct mp_keyword *keyword, struct mp_strbuf *buf)
{
	struct mp_strbuf value = MP_STRBUF_INIT;
	const char *text;
	bool quoted;

	keyword->type->format(keyword, &keyword->built_in, &value);
	text = mp_strbuf_text(&value);
	quoted = strchr(text, ' ') || !strcmp(text, "\"\"");
	for (; *text; text++) {
		if (*text == '"')
			mp_strbuf_puts(buf, quoted ? "\\(dq" : "");
		else if (*text == '-' && !quoted)
			mp_strbuf_puts(buf, "\\-");
		else
			mp_strbuf_putc(buf, *text);
	}
	mp_strbuf_fini(&value);
}

/* Where more must be said than the table knows. */
static const struct {
	enum mp_key key;
	const char *text;
} derived_defaults[] = {
	{ MP_KEY_POLLING_INTERVAL, "5" },
	{ MP_KEY_MAX_POLLING_INTERVAL, "4 \\(mu polling_interval" },
	{ MP_KEY_CHECKER_TIMEOUT, "the device's timeout in sysfs, or 30" },
	{ MP_KEY_UID_ATTRIBUTE, "ID_SERIAL; ID_WWN for NVMe; ID_UID for DASD" },
	{ MP_KEY_CHECKER, "tur" },
};

static void check_default(const char *manual, enum mp_key key)
{
	const struct mp_keyword *keyword = &mp_keywords[key];
	const char *entry = find_entry(manual, keyword->name), *end, *line;
	struct mp_strbuf expected = MP_STRBUF_INIT;
	bool is_derived = false;

	mp_strbuf_puts(&expected, "\nDefault: ");
	for (size_t i = 0; i < sizeof(derived_defaults) / sizeof(derived_defaults[0]); i++) {
		if (derived_defaults[i].key != key)
			continue;
		mp_strbuf_puts(&expected, derived_defaults[i].text);
		is_derived = true;
	}
	if (!is_derived && keyword->flags & MP_KEYWORD_HAS_DEFAULT)
		add_default(keyword, &expected);
	else if (!is_derived)
		mp_strbuf_puts(&expected, "unset");
	mp_strbuf_puts(&expected, ". In: ");

	end = strstr(entry, "\n.TP\n.B ");
	line = strstr(entry, mp_strbuf_text(&expected));
	if (!line || (end && line > end))
		fail_msg("multipath.conf(5), %s: should say \"%s\"", keyword->name,
			 mp_strbuf_text(&expected) + 1);
	mp_strbuf_fini(&expected);
}

static void each_default_is_that_of_the_table(void **state)
{
	unsigned place = 0;

	for (enum mp_key key; (key = mp_keyword_next(MP_SCOPE_DEFAULTS, &place)) != MP_KEY_NONE;)
		if (!(mp_keywords[key].flags & MP_KEYWORD_IGNORED))
			check_default(*state, key);
}

/* As a word of its own. */
static bool has_word(const char *text, const char *end, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = text; (p = strstr(p, word)) && p < end; p++)
		if (!strchr("abcdefghijklmnopqrstuvwxyz_-", p[-1]) &&
		    !strchr("abcdefghijklmnopqrstuvwxyz_-", p[length]))
			return true;
	return false;
}

/* An entry ends with the line that lists its sections. */
static void each_word_that_is_a_value_is_described(void **state)
{
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++) {
		const struct mp_keyword *keyword = &mp_keywords[key];
		const char *entry = find_entry(*state, keyword->name),
			   *end = strstr(entry, "\nDefault: ");
		const struct mp_word *lists[] = { keyword->words, keyword->known };

		end = end ? strchr(end + 1, '\n') : NULL;
		for (size_t i = 0; end && !keyword->alias_of && i < 2; i++)
			for (const struct mp_word *word = lists[i]; word && word->text; word++)
				if (word->text[1] && strcmp(word->text, "yes") &&
				    strcmp(word->text, "no") && !has_word(entry, end, word->text))
					fail_msg("multipath.conf(5), %s: does not tell of \"%s\"",
						 keyword->name, word->text);
	}
}

static void keywords_without_effect_are_listed_under_limits(void **state)
{
	const char *limits = strstr(*state, "\n.SH LIMITS\n"), *end;

	assert_non_null(limits);
	end = strstr(limits + 1, "\n.SH ");
	assert_non_null(end);
	for (enum mp_key key = MP_KEY_NONE + 1; key < MP_KEYS; key++)
		if (mp_keywords[key].idle.text && !has_word(limits, end, mp_keywords[key].name))
			fail_msg("multipath.conf(5), LIMITS: does not tell of %s",
				 mp_keywords[key].name);
}

static void each_section_is_described(void **state)
{
	for (size_t i = MP_SCOPE_TOP + 1; i < MP_SCOPES; i++)
		if (mp_scopes[i].parent == MP_SCOPE_TOP)
			assert_non_null(find_entry(*state, mp_scopes[i].name));
		else
			check_name(*state, mp_scopes[i].name);
}

static void only_existing_keywords_are_described(void **state)
{
	for (const char *line = strstr(*state, "\n.TP\n.B "); line;
	     line = strstr(line + 1, "\n.TP\n.B ")) {
		char name[64] = "";
		bool known = false;

		assert_int_equal(sscanf(line, "\n.TP\n.B %63[^\n]", name), 1);
		for (enum mp_scope scope = MP_SCOPE_TOP; scope < MP_SCOPES; scope++)
			known |= is_known(scope, name);
		if (!known)
			fail_msg("multipath.conf(5) describes \"%s\", which is no keyword", name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_keyword_is_described_with_the_sections_that_know_it),
		cmocka_unit_test(each_default_is_that_of_the_table),
		cmocka_unit_test(each_word_that_is_a_value_is_described),
		cmocka_unit_test(keywords_without_effect_are_listed_under_limits),
		cmocka_unit_test(each_section_is_described),
		cmocka_unit_test(only_existing_keywords_are_described),
	};

	return cmocka_run_group_tests_name("manual", tests, manual_read, manual_free);
}
