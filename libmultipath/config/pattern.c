/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/pattern.h"

#include <errno.h>
#include <limits.h>
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

/* More alternatives than these are tried one by one; 15 is what strpbrk() does at once. */
enum { FIRSTS_MAX = 15 };

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

/*
 * The characters that a match of the parentheses may begin with, or "" if any may: most subjects
 * are names of properties, none of which holds one in the place of a match.
 */
static void group_firsts(const char *p, char firsts[FIRSTS_MAX + 1])
{
	size_t count = 0;

	do {
		p++;
		if (count == FIRSTS_MAX || !is_literal(*p)) {
			count = 0;
			break;
		}
		firsts[count++] = *p;
		p = sequence_skip(p);
	} while (*p == '|');
	firsts[count] = '\0';
}

static bool group_matches(const char *p, bool anchored, const char *subject)
{
	bool at_end = strchr(p, ')')[1] == '$';
	char firsts[FIRSTS_MAX + 1] = "";

	if (!anchored)
		group_firsts(p, firsts);
	do {
		if (firsts[0]) {
			subject = strpbrk(subject, firsts);
			if (!subject)
				return false;
		}
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

		/*
		 * Most rules are plain words that do not even begin anywhere in what they are asked
		 * about.
		 */
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
	return *p == '(' ? group_matches(p, anchored, subject) :
			   sequence_matches(p, anchored, subject);
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

/* Behind the "]" of the set that @p begins, or at the end of the text. */
static const char *set_skip(const char *p)
{
	p += 1 + (p[1] == '^');
	for (p += *p == ']'; *p && *p != ']'; p++) {
		if (*p == '[' && p[1] && strchr(":.=", p[1])) {
			const char close[] = { p[1], ']', '\0' }, *end = strstr(p + 2, close);

			p = end ? end + 1 : p;
		}
	}
	return p + (*p == ']');
}

/*
 * What may be left out, alternatives and groups have to be looked beyond, from each of them before
 * it. The library does that by recursion, with about 130 bytes of stack for an option or an
 * alternative and 250 for a group. A row of anchors takes time that grows with the cube of their
 * number.
 */
enum { OPTION_COST = 16, GROUP_COST = 32, ANCHOR_COST = 128 };

/* Times that "{...}" costs what stands before it; *end: behind it, or @p if it is no such thing. */
static unsigned long long repeats_of(const char *p, const char **end)
{
	unsigned long long least, most;
	char *rest;

	*end = p;
	least = strtoull(p + 1, &rest, 10);
	most = least;
	if (*rest == ',') {
		most = strtoull(rest + 1, &rest, 10);
		if (!most)
			most = least + 1;
	}
	if (*rest == '}')
		*end = rest + 1;
	if (most <= least)
		return least;
	return most > ULLONG_MAX / (2 * OPTION_COST) ? most : most + (most - least) * OPTION_COST;
}

/*
 * The C library's compiler needs stack for what is nested or may match nothing, and memory for what
 * is repeated: a line of a file can take all that there is. What no WWID, name or product needs is
 * therefore refused. What is left takes less than half of a worker's stack
 * (tests/unit/test-stack.c).
 */
static bool is_modest(const char *p)
{
	enum { NESTED_MAX = 64, ATOMS_MAX = 1 << 15 };
	unsigned long long sizes[NESTED_MAX] = { 0 }, atom = 0, times;
	unsigned depth = 0;

	while (*p) {
		const char *next = p + 1;

		times = 0; /* of the last atom; 0: a new one */
		switch (*p) {
		case '(':
			if (++depth == NESTED_MAX)
				return false;
			sizes[depth] = atom = 0;
			p = next;
			continue;
		case ')':
			atom = GROUP_COST + (depth ? sizes[depth] : 1);
			depth -= depth > 0;
			break;
		case '|':
			atom = 1 + OPTION_COST;
			break;
		case '^':
		case '$':
			atom = ANCHOR_COST;
			break;
		case '{':
			times = repeats_of(p, &next);
			if (next > p)
				break;
			next++;
			times = 0;
			atom = 1;
			break;
		case '+':
			times = 2 + OPTION_COST;
			break;
		case '*':
		case '?':
			times = 1 + OPTION_COST;
			break;
		case '[':
			next = set_skip(p);
			atom = 1;
			break;
		case '\\':
			next += p[1] != '\0';
			atom = p[1] && strchr("bB<>`'", p[1]) ? ANCHOR_COST : 1;
			break;
		default:
			atom = 1;
		}
		if (times) {
			if (times > ATOMS_MAX)
				return false;
			sizes[depth] += atom * (times - 1);
			atom *= times;
		} else {
			sizes[depth] += atom;
		}
		if (sizes[depth] > ATOMS_MAX)
			return false;
		p = next;
	}
	return true;
}

/* Return: as regcomp() */
static int compile(regex_t *compiled, const char *expression)
{
	return is_modest(expression) ? regcomp(compiled, expression, REG_EXTENDED | REG_NOSUB) :
				       REG_ESIZE;
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
	r = compile(pattern->compiled, expression);
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
	int r = compile(&compiled, text + (text[0] == '!'));

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

bool mp_pattern_matches_once(const char *expression, const char *subject)
{
	regex_t compiled;
	bool matches;

	if (mp_pattern_is_simple(expression))
		return simple_matches(expression, subject);
	if (compile(&compiled, expression) != 0)
		return false;
	matches = regexec(&compiled, subject, 0, NULL, 0) == 0;
	regfree(&compiled);
	return matches;
}
