/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/hint.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "base/suggest.h"

/* "defaults", "devices/device" */
static void add_scope_path(enum mp_scope scope, struct mp_strbuf *buf)
{
	if (mp_scopes[scope].parent != MP_SCOPE_TOP)
		mp_strbuf_printf(buf, "%s/", mp_scopes[mp_scopes[scope].parent].name);
	mp_strbuf_puts(buf, mp_scopes[scope].name);
}

/* Sections that take it, behind @separator. Return: is there any? */
static bool add_homes(const char *name, const char *separator, struct mp_strbuf *buf)
{
	bool some = false;

	for (enum mp_scope scope = MP_SCOPE_TOP + 1; scope < MP_SCOPES; scope++) {
		if (mp_keyword_find(scope, name) == MP_KEY_NONE &&
		    mp_keyword_scope_find(scope, name) == MP_SCOPE_TOP)
			continue;
		mp_strbuf_puts(buf, separator);
		add_scope_path(scope, buf);
		separator = ", ";
		some = true;
	}
	return some;
}

static void offer_scope(struct mp_suggestion *suggestion, enum mp_scope scope)
{
	unsigned place = 0;

	for (enum mp_key key; (key = mp_keyword_next(scope, &place)) != MP_KEY_NONE;)
		mp_suggest_offer(suggestion, mp_keywords[key].name);
	for (enum mp_scope inner = MP_SCOPE_TOP + 1; inner < MP_SCOPES; inner++)
		if (mp_scopes[inner].parent == scope)
			mp_suggest_offer(suggestion, mp_scopes[inner].name);
}

/*
 * What may have been meant: a word of this section, else one of another section. Return: it, or
 * NULL.
 */
static const char *add_suggestion(enum mp_scope here, const char *name, struct mp_strbuf *buf)
{
	struct mp_suggestion suggestion = mp_suggest_start(name);

	offer_scope(&suggestion, here);
	if (suggestion.best) {
		mp_strbuf_printf(buf, "; did you mean \"%s\"?", suggestion.best);
		return suggestion.best;
	}
	for (enum mp_scope scope = MP_SCOPE_TOP; scope < MP_SCOPES; scope++)
		offer_scope(&suggestion, scope);
	if (!suggestion.best)
		return NULL;
	mp_strbuf_printf(buf, "; did you mean \"%s\"", suggestion.best);
	add_homes(suggestion.best, ", which belongs to ", buf);
	mp_strbuf_putc(buf, '?');
	return suggestion.best;
}

/* What other releases knew, or know. */
static const struct {
	const char *name, *instead; /* NULL: nothing */
} former_words[] = {
	{ "devnode_blacklist", "blacklist" },
	{ "prio_callout", "prio" },
	{ "selector", "path_selector" },
	{ "detect_path_checker", "detect_checker" },
	{ "all_devs", "overrides" },
	{ "multipath_tool", NULL },
	{ "udev_dir", NULL },
	{ "hw_str_match", NULL },
	{ "hwtable_regex_match", NULL },
	{ "unpriv_sgio", NULL },
	{ "new_bindings_in_boot", NULL },
	{ "ignore_new_boot_devs", NULL },
	{ "reload_readwrite", NULL },
};

static enum mp_key find_anywhere(const char *name)
{
	enum mp_key key = MP_KEY_NONE;

	for (enum mp_scope scope = MP_SCOPE_TOP + 1; scope < MP_SCOPES && key == MP_KEY_NONE;
	     scope++)
		key = mp_keyword_find(scope, name);
	return key;
}

static bool find_former(const char *name, const char **instead)
{
	for (size_t i = 0; i < ARRAY_SIZE(former_words); i++) {
		if (strcmp(former_words[i].name, name) != 0)
			continue;
		*instead = former_words[i].instead;
		return true;
	}
	return false;
}

/* Return: is it one of them? @meant: what took its place, if that is a word of ours */
static bool add_former(const char *name, struct mp_strbuf *buf, const char **meant)
{
	static const char prefix[] = "default_";
	const char *instead = NULL;
	enum mp_key key = MP_KEY_NONE;
	bool found = find_former(name, &instead);

	/* What stands in defaults was once called so. */
	if (!found && strncmp(name, prefix, strlen(prefix)) == 0) {
		name += strlen(prefix);
		found = find_former(name, &instead);
		if (!found) {
			key = find_anywhere(name);
			found = key != MP_KEY_NONE;
			instead = name;
		}
	}
	if (!found)
		return false;
	if (mp_keywords[key].flags & MP_KEYWORD_IGNORED) {
		*meant = NULL;
		mp_strbuf_printf(buf, "; removed keyword: %s", mp_keywords[key].instead);
	} else {
		*meant = instead;
		mp_strbuf_printf(buf, "; removed keyword, %s%s", instead ? "replaced by " : "",
				 instead ? instead : "no replacement");
	}
	return true;
}

/* "no_path_retry=5", in this section or before any */
static bool add_assignment(enum mp_scope here, const char *name, struct mp_strbuf *buf)
{
	size_t length = strcspn(name, "=:");
	const char *value;
	char word[40];

	if (!name[length] || length >= sizeof(word))
		return false;
	memcpy(word, name, length);
	word[length] = '\0';
	if (mp_keyword_find(here, word) == MP_KEY_NONE &&
	    (here != MP_SCOPE_TOP || find_anywhere(word) == MP_KEY_NONE))
		return false;
	value = name + length + 1;
	mp_strbuf_printf(buf, "; write \"%s %.*s\", without \"%c\"", word,
			 *value ? (int)strcspn(value, ";,") : 3, *value ? value : "...",
			 name[length]);
	if (here == MP_SCOPE_TOP)
		add_homes(word, "; it belongs to ", buf);
	return true;
}

/* "[defaults]" */
static bool add_bracketed(const char *name, struct mp_strbuf *buf)
{
	size_t length = strlen(name);
	char word[40];

	if (length < 3 || length >= sizeof(word) || name[0] != '[' || name[length - 1] != ']')
		return false;
	memcpy(word, name + 1, length - 2);
	word[length - 2] = '\0';
	if (mp_keyword_scope_find(MP_SCOPE_TOP, word) == MP_SCOPE_TOP)
		return false;
	mp_strbuf_printf(buf, "; a section is written \"%s {\", and ends with a line \"}\"", word);
	return true;
}

/* A disk or a WWID where a kind of rule is expected. */
static bool add_rule(enum mp_scope here, const char *name, struct mp_strbuf *buf)
{
	static const char *const disks[] = { "sd", "dasd", "nvme" };
	const char *bare = strncmp(name, "/dev/", 5) == 0 ? name + 5 : name;
	size_t digits = strspn(name, "0123456789abcdef");

	if (here != MP_SCOPE_BLACKLIST && here != MP_SCOPE_EXCEPTIONS)
		return false;
	if (strchr("1235678", *name) && digits >= 17 && !name[digits]) {
		mp_strbuf_printf(buf, "; write \"wwid %s\"", name);
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(disks); i++) {
		size_t prefix = strlen(disks[i]);

		if (strncmp(bare, disks[i], prefix) != 0 || !bare[prefix] ||
		    bare[prefix + strspn(bare + prefix, "abcdefghijklmnopqrstuvwxyz0123456789")])
			continue;
		mp_strbuf_printf(buf, "; write \"devnode ^%s$\"", bare);
		return true;
	}
	return false;
}

/* A word of a subsection, without that. */
static bool add_subsection(enum mp_scope here, const char *name, struct mp_strbuf *buf)
{
	for (enum mp_scope scope = MP_SCOPE_TOP + 1; here != MP_SCOPE_TOP && scope < MP_SCOPES;
	     scope++) {
		if (mp_scopes[scope].parent != here || mp_keyword_find(scope, name) == MP_KEY_NONE)
			continue;
		mp_strbuf_printf(buf, "; it belongs to a subsection \"%s {\"",
				 mp_scopes[scope].name);
		return true;
	}
	return false;
}

/* What other programs' files may have. */
static bool add_foreign(const char *name, struct mp_strbuf *buf)
{
	static const char *const includes[] = { "include", "includedir", "source" };
	const char *bare = name + strspn(name, "@%.!");

	if (strncmp(name, "//", 2) == 0 || strncmp(name, "/*", 2) == 0 || *name == ';') {
		mp_strbuf_puts(buf, "; a comment begins with \"#\"");
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(includes); i++)
		if (strcmp(bare, includes[i]) == 0) {
			mp_strbuf_puts(buf, "; no file includes another: those in " CONFIG_DIR
					    " are read whose names end in \".conf\"");
			return true;
		}
	return false;
}

const char *mp_hint_add(enum mp_scope here, const char *name, struct mp_strbuf *buf)
{
	const char *meant = name;

	if (add_foreign(name, buf) || add_bracketed(name, buf) || add_rule(here, name, buf))
		return NULL;
	if (add_former(name, buf, &meant) || add_assignment(here, name, buf) ||
	    add_subsection(here, name, buf) || add_homes(name, "; it belongs to ", buf))
		return meant;
	return add_suggestion(here, name, buf);
}
