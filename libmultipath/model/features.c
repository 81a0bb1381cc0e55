/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/features.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"

static const char blanks[] = " \t\r\n\v\f";

struct word {
	const char *text;
	size_t length;
};

struct feature {
	struct word name;
	struct word argument; /* empty if it takes none */
};

static struct word next_word(const char **at)
{
	struct word word;

	*at += strspn(*at, blanks);
	word.text = *at;
	word.length = strcspn(*at, blanks);
	*at += word.length;
	return word;
}

static bool is(struct word word, const char *text)
{
	return strlen(text) == word.length && !memcmp(word.text, text, word.length);
}

static bool same(struct word a, struct word b)
{
	return a.length == b.length && (!a.length || !memcmp(a.text, b.text, a.length));
}

/* Behind the count, if there is one. */
static const char *features_begin(const char *features)
{
	const char *at = features ? features : "";

	at += strspn(at, blanks);
	if (isdigit((unsigned char)*at))
		next_word(&at);
	return at;
}

static bool takes_argument(const struct feature *feature)
{
	return is(feature->name, "queue_mode") || is(feature->name, "pg_init_retries") ||
	       is(feature->name, "pg_init_delay_msecs");
}

static bool next_feature(const char **at, struct feature *ret)
{
	*ret = (struct feature){ .name = next_word(at) };
	if (takes_argument(ret))
		ret->argument = next_word(at);
	return ret->name.length;
}

static enum mp_queue_mode mode_of(const struct feature *feature)
{
	if (!is(feature->name, "queue_mode"))
		return MP_QUEUE_MODE_UNDECIDED;
	if (is(feature->argument, "bio"))
		return MP_QUEUE_MODE_BIO;
	if (is(feature->argument, "rq") || is(feature->argument, "mq"))
		return MP_QUEUE_MODE_REQUEST;
	return MP_QUEUE_MODE_UNDECIDED;
}

enum mp_queue_mode mp_features_mode(const char *features)
{
	const char *at = features_begin(features);
	enum mp_queue_mode mode = MP_QUEUE_MODE_UNDECIDED;
	struct feature feature;

	while (mode == MP_QUEUE_MODE_UNDECIDED && next_feature(&at, &feature))
		mode = mode_of(&feature);
	return mode;
}

/* Words that the configuration cannot set, or that another keyword sets. */
static bool is_ignored(const struct feature *feature)
{
	return is(feature->name, "queue_if_no_path") ||
	       is(feature->name, "retain_attached_hw_handler");
}

/* dm-mpath refuses a table for a number outside these ranges. */
static bool is_in_range(const struct feature *feature)
{
	unsigned long number;
	char *end;

	if (!feature->argument.length || !isdigit((unsigned char)*feature->argument.text))
		return false;
	number = strtoul(feature->argument.text, &end, 10);
	if (end != feature->argument.text + feature->argument.length)
		return false;
	return is(feature->name, "pg_init_retries") ? number >= 1 && number <= 50 : number <= 60000;
}

static unsigned add_word(struct mp_strbuf *words, struct word word)
{
	if (!word.length)
		return 0;
	mp_strbuf_putc(words, ' ');
	mp_strbuf_add(words, word.text, word.length);
	return 1;
}

int mp_features_make(const char *configured, enum mp_queue_mode mode, bool queue, char **ret)
{
	_cleanup_strbuf_ struct mp_strbuf words = MP_STRBUF_INIT, features = MP_STRBUF_INIT;
	const char *at = features_begin(configured);
	bool has_mode = false;
	struct feature feature;
	unsigned count = 0;

	while (next_feature(&at, &feature)) {
		if (is_ignored(&feature))
			continue;
		if (is(feature.name, "queue_mode")) {
			enum mp_queue_mode asked = mode_of(&feature);

			if (has_mode || asked == MP_QUEUE_MODE_UNDECIDED ||
			    (mode != MP_QUEUE_MODE_UNDECIDED && asked != mode))
				continue;
			has_mode = true;
		} else if (takes_argument(&feature) && !is_in_range(&feature)) {
			continue;
		}
		count += add_word(&words, feature.name);
		count += add_word(&words, feature.argument);
	}
	if (mode == MP_QUEUE_MODE_BIO && !has_mode) {
		mp_strbuf_puts(&words, " queue_mode bio");
		count += 2;
	}
	if (queue) {
		mp_strbuf_puts(&words, " queue_if_no_path");
		count++;
	}
	mp_strbuf_printf(&features, "%u%s", count, mp_strbuf_text(&words));
	return words.error ? words.error : mp_strbuf_take(&features, ret);
}

static bool is_shown_by_kernel(const struct feature *feature)
{
	return !is_ignored(feature) && mode_of(feature) != MP_QUEUE_MODE_REQUEST;
}

static bool contains(const char *features, const struct feature *wanted)
{
	const char *at = features_begin(features);
	struct feature feature;

	while (next_feature(&at, &feature))
		if (same(feature.name, wanted->name) && same(feature.argument, wanted->argument))
			return true;
	return false;
}

static bool contains_all(const char *features, const char *wanted)
{
	const char *at = features_begin(wanted);
	struct feature feature;

	while (next_feature(&at, &feature))
		if (is_shown_by_kernel(&feature) && !contains(features, &feature))
			return false;
	return true;
}

bool mp_features_equal(const char *a, const char *b)
{
	return contains_all(a, b) && contains_all(b, a);
}

static bool is_flawed(const struct feature *feature)
{
	if (is(feature->name, "queue_mode"))
		return mode_of(feature) == MP_QUEUE_MODE_UNDECIDED;
	return takes_argument(feature) ? !is_in_range(feature) : !is_ignored(feature);
}

bool mp_features_next_flaw(const char **at, struct mp_feature_flaw *ret)
{
	struct feature feature;

	*at = features_begin(*at);
	while (next_feature(at, &feature)) {
		if (!is_flawed(&feature))
			continue;
		*ret = (struct mp_feature_flaw){
			.name = feature.name.text,
			.length = feature.name.length,
			.argument = feature.argument.text,
			.argument_length = feature.argument.length,
		};
		return true;
	}
	return false;
}

const char *mp_feature_limits(const struct mp_feature_flaw *flaw)
{
	struct word name = { flaw->name, flaw->length };

	return is(name, "pg_init_retries")     ? "1 to 50" :
	       is(name, "pg_init_delay_msecs") ? "0 to 60000" :
	       is(name, "queue_mode")	       ? "bio, rq or mq" :
						 NULL;
}
