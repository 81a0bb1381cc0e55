/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pattern.h - POSIX extended regular expressions of the configuration.  For: config, prioritizers.
 */
#pragma once
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Most patterns in use are no more than texts, anchors, sets and one alternation ("^sd[a-z]",
 * "(HP|HPE)"): these are matched as they are written, and nothing is compiled.
 */
struct mp_pattern {
	const char *text; /* as written, borrowed; NULL: matches anything */
	const char *expression; /* within @text, behind the inversion */
	bool inverted;
	regex_t *compiled; /* NULL: simple */
};

/**
 * mp_pattern_init() - @text must outlive the pattern; a leading "!" inverts, "\!" is a literal "!"
 *
 * Return: 0, -EINVAL if it is no regular expression or far too large a one, -ENOMEM.
 */
int mp_pattern_init(struct mp_pattern *pattern, const char *text);
/** mp_pattern_fini() - free the compiled expression, not the text */
void mp_pattern_fini(struct mp_pattern *pattern);

/** mp_pattern_explain() - why @text is no regular expression */
void mp_pattern_explain(const char *text, char *buffer, size_t size);

/** mp_pattern_matches() - also if there is no text; a leading "!" inverts the answer */
bool mp_pattern_matches(const struct mp_pattern *pattern, const char *subject);

/** mp_pattern_is_word() - true if it matches exactly the texts that contain its expression */
bool mp_pattern_is_word(const struct mp_pattern *pattern);

/** mp_pattern_is_simple() - true if it can be matched without being compiled */
bool mp_pattern_is_simple(const char *expression);

/**
 * mp_pattern_matches_once() - match once, without inversion and without keeping anything
 *
 * Return: false also if @expression is no regular expression.
 */
bool mp_pattern_matches_once(const char *expression, const char *subject);
