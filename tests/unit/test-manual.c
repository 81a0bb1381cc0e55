/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Does multipath.conf(5) say what the keyword table says? Keywords, and they alone, are headed by ".B NAME". */
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
	return mp_keyword_find(scope, name) != MP_KEY_NONE || mp_scope_find(scope, name) != MP_SCOPE_TOP;
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
		fail_msg("multipath.conf(5), %s: should say \"%s\"", name, mp_strbuf_text(&expected));
	mp_strbuf_fini(&expected);
}

static void each_keyword_is_described_with_the_sections_that_know_it(void **state)
{
	for (size_t i = MP_KEY_NONE + 1; i < MP_KEYS; i++)
		check_name(*state, mp_keywords[i].name);
}

static void each_section_is_described(void **state)
{
	for (size_t i = MP_SCOPE_TOP + 1; i < MP_SCOPES; i++)
		if (mp_scopes[i].parent == MP_SCOPE_TOP)
			assert_non_null(find_entry(*state, mp_scopes[i].name));
		else
			check_name(*state, mp_scopes[i].name);
}

static void nothing_else_is_described(void **state)
{
	for (const char *line = strstr(*state, "\n.TP\n.B "); line; line = strstr(line + 1, "\n.TP\n.B ")) {
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
		cmocka_unit_test(each_section_is_described),
		cmocka_unit_test(nothing_else_is_described),
	};

	return cmocka_run_group_tests_name("manual", tests, manual_read, manual_free);
}
