/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bindings.h - user friendly names: the bindings file and the choice of a map's name.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct mp_bindings; /* alias <-> WWID, in memory; one owner */

/** mp_bindings_new() - empty, without file. Return: 0 or -ENOMEM. */
int mp_bindings_new(struct mp_bindings **ret);
/** mp_bindings_free() - Return: NULL */
struct mp_bindings *mp_bindings_free(struct mp_bindings *bindings);
void mp_bindings_freep(struct mp_bindings **bindings);

/**
 * mp_bindings_load() - read the file over what is in memory (which is replaced on success only)
 * @dir:	STATE_DIR; created (0700) if missing and not @read_only
 * @config:	aliases configured there win: contradicting lines are dropped; may be NULL
 *
 * A missing, empty or header-less file is fine, also with @read_only. Bad lines are told to @diagnostic as FILE:LINE.
 * Unless @read_only a file without header or with contradictions is made or mended, which alone takes the lock; that it
 * cannot be is told, and no error.
 * Return: 0, negative errno if the file exists and cannot be read.
 */
int mp_bindings_load(struct mp_bindings *bindings, const char *dir, bool read_only, const struct mp_config *config,
		     mp_diagnostic_fn diagnostic, void *userdata);

/**
 * mp_bindings_parse() - a file's bytes over what is in memory
 * @file:	name for diagnostics
 *
 * Return: 1 if the file should be written anew (no header, contradictions), 0, -ENOMEM (memory is unchanged).
 */
int mp_bindings_parse(struct mp_bindings *bindings, const char *file, const char *text, size_t length,
		      const struct mp_config *config, mp_diagnostic_fn diagnostic, void *userdata);

/**
 * mp_bindings_save() - replace the file atomically (temporary file, fsync, rename), sorted by alias length and name
 *
 * Under the file's lock; bindings that others put into the file since it was loaded stay in it, where they do not
 * contradict. Blocks for the disk: callers that must not wait format with mp_bindings_format() and have a worker call
 * mp_bindings_write().
 */
int mp_bindings_save(const struct mp_bindings *bindings, const char *dir);
int mp_bindings_format(const struct mp_bindings *bindings, char **ret);
int mp_bindings_write(const char *dir, const char *text);

/* Borrowed until the bindings change; NULL if there is none. Of several aliases: the first in the file's order. */
const char *mp_bindings_alias(const struct mp_bindings *bindings, const char *wwid);
const char *mp_bindings_wwid(const struct mp_bindings *bindings, const char *alias);

/** mp_bindings_remove() - take back what mp_bindings_choose() added, when it could not be written; unknown is fine */
void mp_bindings_remove(struct mp_bindings *bindings, const char *alias);

/** mp_name_taken_fn - is there a dm device with that name which is not the map of @wwid? */
typedef bool (*mp_name_taken_fn)(void *userdata, const char *name, const char *wwid);

struct mp_alias_request {
	const char *wwid;
	const char *configured; /* alias of the multipath section, NULL */
	bool user_friendly;
	const char *prefix; /* alias_prefix */
	const char *old; /* name of the kernel's map of this WWID, NULL if there is none */
	bool read_only; /* -B: bind nothing new */
	const struct mp_config *config; /* names that it gives to other WWIDs are not chosen; NULL: none */
	mp_name_taken_fn taken; /* NULL: none is */
	void *userdata;
};

/**
 * mp_bindings_choose() - the name that a map is to have: configured alias, else binding, else WWID
 * @ret:	malloc'ed
 * @changed:	set if a binding was added: the caller saves before it uses the name
 *
 * Return: 0 or -ENOMEM.
 */
int mp_bindings_choose(struct mp_bindings *bindings, const struct mp_alias_request *request, char **ret,
		       bool *changed);

enum { MP_BINDINGS_NUMBER_SIZE = 8 }; /* 7 letters and the NUL */

/**
 * mp_bindings_parse_number() - bijective base 26: "a" 1, "z" 26, "aa" 27
 *
 * Return: 0 for what is no such number: empty, more than 7 letters, too large for an int.
 */
unsigned mp_bindings_parse_number(const char *letters);

/** mp_bindings_format_number() - the inverse; @number from 1 to INT_MAX */
void mp_bindings_format_number(unsigned number, char ret[static MP_BINDINGS_NUMBER_SIZE]);
