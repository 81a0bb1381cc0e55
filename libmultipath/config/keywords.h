/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keywords.h - every keyword of multipath.conf, one row each, and the sections that take them.
 * For: config.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "config/types.h"

enum mp_key {
	MP_KEY_NONE,
#define KEYWORD(key, ...) key,
#include "config/keywords.inc"
#undef KEYWORD
	MP_KEYS
};

extern const struct mp_keyword mp_keywords[MP_KEYS];

/* The kind of a section; struct mp_section is one occurrence in a file. */
enum mp_scope {
	MP_SCOPE_TOP,
	MP_SCOPE_DEFAULTS,
	MP_SCOPE_BLACKLIST,
	MP_SCOPE_BLACKLIST_DEVICE,
	MP_SCOPE_EXCEPTIONS,
	MP_SCOPE_EXCEPTIONS_DEVICE,
	MP_SCOPE_DEVICES,
	MP_SCOPE_DEVICE,
	MP_SCOPE_OVERRIDES,
	MP_SCOPE_PROTOCOL,
	MP_SCOPE_MULTIPATHS,
	MP_SCOPE_MULTIPATH,
	MP_SCOPES
};

struct mp_scope_row {
	const char *name;
	enum mp_scope parent;
	bool repeatable;
	bool needs_brace; /* without anything behind it the section is not entered */
	/*
	 * enum mp_key: what is printed first, in this order; the other keywords of the section
	 * follow in the order of their rows.
	 */
	const uint8_t *first;
	unsigned first_count;
};

extern const struct mp_scope_row mp_scopes[MP_SCOPES];

/**
 * mp_keyword_next() - walk the keywords of a section in the order of printing
 * @place:	of the walk, 0 at its start
 *
 * Return: the next keyword, MP_KEY_NONE after the last one.
 */
enum mp_key mp_keyword_next(enum mp_scope scope, unsigned *place);

/** mp_keyword_in_scope() - Return: true if the section takes that keyword */
bool mp_keyword_in_scope(enum mp_scope scope, enum mp_key key);

/**
 * mp_keyword_find() - Return: the keyword of that name in that section, MP_KEY_NONE if there is
 * none
 */
enum mp_key mp_keyword_find(enum mp_scope scope, const char *name);

/**
 * mp_keyword_scope_find() - Return: the section of that name within @parent, MP_SCOPE_TOP if there
 * is none
 */
enum mp_scope mp_keyword_scope_find(enum mp_scope parent, const char *name);

/** mp_keyword_scope_is_word() - true for the name of a section that may do without a brace */
bool mp_keyword_scope_is_word(const char *name);
