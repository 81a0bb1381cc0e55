/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * A simple expression: [^] SEQUENCE [$] or [^] "(" SEQUENCE { "|" SEQUENCE } ")" [$], or ".*"
 * alone, where a sequence is one or more of: a literal character, ".", or a set "[...]" of letters,
 * digits, blanks and ranges of them.
 */

static bool is_literal(char c)
{
	switch (c) {
	case '\0':
	case '.':
	case '[':
	case ']':
	case '{':
	case '}':
	case '(':
	case ')':
	case '*':
	case '+':
	case '?':
	case '|':
	case '^':
	case '$':
	case '\\':
		return false;
	default:
		return true;
	}
}

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == ' ' || c == '_';
}

/* End of the set that starts at "[", NULL if it is not a simple one. */
static const char *set_end(const char *set)
{
	const char *p = set + 1;

	if (*p == ']')
		return NULL;
	for (; *p != ']'; p++) {
		if (!is_plain(*p))
			return NULL;
		if (p[1] == '-') {
			if (!is_plain(p[2]) || p[2] < p[0])
				return NULL;
			p += 2;
		}
	}
	return p + 1;
}

static bool set_has(const char *set, char c)
{
	const char *p = set + 1;

	for (; *p != ']'; p++) {
		if (p[1] == '-') {
			if (c >= p[0] && c <= p[2])
				return true;
			p += 2;
		} else if (c == *p) {
			return true;
		}
	}
	return false;
}

/* End of the sequence, NULL if it is empty or not simple. */
static const char *sequence_end(const char *p)
{
	const char *start = p;

	while (is_literal(*p) || *p == '.' || *p == '[') {
		p = *p == '[' ? set_end(p) : p + 1;
		if (!p)
			return NULL;
	}
	return p == start ? NULL : p;
}

/* What may stand behind a sequence, and never in it but in a set. */
static bool ends_sequence(char c)
{
	return !c || c == '$' || c == '|' || c == ')';
}

static const char *sequence_skip(const char *p)
{
	while (!ends_sequence(*p))
		p = *p == '[' ? strchr(p, ']') + 1 : p + 1;
	return p;
}

/* Does the sequence match at the start of @subject? What is left of it. */
static const char *sequence_match(const char *p, const char *subject)
{
	for (; !ends_sequence(*p); subject++) {
		if (!*subject)
			return NULL;
		if (*p == '[') {
			if (!set_has(p, *subject))
				return NULL;
			p = strchr(p, ']') + 1;
		} else {
			if (*p != '.' && *p != *subject)
				return NULL;
			p++;
		}
	}
	return subject;
}

bool mp_pattern_is_simple(const char *expression)
{
	const char *p = expression;

	if (!*p || strcmp(p, ".*") == 0)
		return true;
	if (*p == '^')
		p++;
	if (*p == '(') {
		do {
			p = sequence_end(p + 1);
		} while (p && *p == '|');
		if (!p || *p++ != ')')
			return false;
	} else {
		p = sequence_end(p);
		if (!p)
			return false;
	}
	if (*p == '$')
		p++;
	return !*p;
}

/* @p is the inside of parentheses; @at_end: is nothing to be left? */
static bool alternatives_match(const char *p, bool at_end, const char *subject)
{
	for (;;) {
		const char *left = sequence_match(p, subject);

		if (left && (!at_end || !*left))
			return true;
		p = sequence_skip(p);
		if (*p++ != '|')
			return false;
	}
}

static bool group_matches(const char *p, bool anchored, const char *subject)
{
	bool at_end = strchr(p, ')')[1] == '$';

	do {
		if (alternatives_match(p + 1, at_end, subject))
			return true;
	} while (!anchored && *subject++);
	return false;
}

static bool sequence_matches(const char *p, bool anchored, const char *subject)
{
	bool at_end = *sequence_skip(p) == '$';

	do {
		const char *left;

		/* Most rules are plain words that do not even begin anywhere in what they are asked about. */
		if (!anchored && is_literal(*p)) {
			subject = strchr(subject, *p);
			if (!subject)
				return false;
		}
		left = sequence_match(p, subject);
		if (left && (!at_end || !*left))
			return true;
	} while (!anchored && *subject++);
	return false;
}

static bool simple_matches(const char *expression, const char *subject)
{
	const char *p = expression;
	bool anchored = *p == '^';

	if (!*p || strcmp(p, ".*") == 0)
		return true;
	p += anchored;
	return *p == '(' ? group_matches(p, anchored, subject) : sequence_matches(p, anchored, subject);
}

bool mp_pattern_is_word(const struct mp_pattern *pattern)
{
	const char *p = pattern->expression;

	if (!pattern->text || pattern->inverted || pattern->compiled || !*p)
		return false;
	while (is_literal(*p))
		p++;
	return !*p;
}

int mp_pattern_init(struct mp_pattern *pattern, const char *text)
{
	const char *expression = text;
	int r;

	*pattern = (struct mp_pattern){ .text = text };
	if (!text)
		return 0;
	if (text[0] == '!') {
		pattern->inverted = true;
		expression++;
	} else if (text[0] == '\\' && text[1] == '!') {
		expression++;
	}
	pattern->expression = expression;
	if (mp_pattern_is_simple(expression))
		return 0;

	pattern->compiled = malloc(sizeof(*pattern->compiled));
	if (!pattern->compiled)
		return -ENOMEM;
	r = regcomp(pattern->compiled, expression, REG_EXTENDED | REG_NOSUB);
	if (r != 0) {
		free(pattern->compiled);
		pattern->compiled = NULL;
		return r == REG_ESPACE ? -ENOMEM : -EINVAL;
	}
	return 0;
}

void mp_pattern_explain(const char *text, char *buffer, size_t size)
{
	regex_t compiled;
	int r = regcomp(&compiled, text + (text[0] == '!'), REG_EXTENDED | REG_NOSUB);

	regerror(r, &compiled, buffer, size);
	if (r == 0)
		regfree(&compiled);
}

void mp_pattern_fini(struct mp_pattern *pattern)
{
	if (pattern->compiled) {
		regfree(pattern->compiled);
		free(pattern->compiled);
	}
	*pattern = (struct mp_pattern){ 0 };
}

bool mp_pattern_matches(const struct mp_pattern *pattern, const char *subject)
{
	bool matches;

	if (!pattern->text)
		return true;
	if (pattern->compiled)
		matches = regexec(pattern->compiled, subject, 0, NULL, 0) == 0;
	else
		matches = simple_matches(pattern->expression, subject);
	return matches != pattern->inverted;
}

bool mp_expression_matches(const char *expression, const char *subject)
{
	regex_t compiled;
	bool matches;

	if (mp_pattern_is_simple(expression))
		return simple_matches(expression, subject);
	if (regcomp(&compiled, expression, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	matches = regexec(&compiled, subject, 0, NULL, 0) == 0;
	regfree(&compiled);
	return matches;
}
