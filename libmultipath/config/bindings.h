/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bindings.h - user friendly names: the bindings file and the choice of a map's name.  For:
 * programs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct mp_bindings; /* alias <-> WWID, in memory; one owner */

/** mp_bindings_new() - empty, without file. Return: 0 or -ENOMEM. */
int mp_bindings_new(struct mp_bindings **ret);
/** mp_bindings_free() - Return: NULL */
struct mp_bindings *mp_bindings_free(struct mp_bindings *bindings);
/** mp_bindings_freep() - for _cleanup_() */
void mp_bindings_freep(struct mp_bindings **bindings);

/**
 * mp_bindings_load() - read the file over what is in memory (which is replaced on success only)
 * @dir:	STATE_DIR; created (0700) if missing and not @read_only
 * @config:	aliases configured there win: contradicting lines are dropped; may be NULL
 *
 * A missing, empty or header-less file is fine, also with @read_only. Bad lines are told to
 * @diagnostic as FILE:LINE. Unless @read_only a file without header or with contradictions is made
 * or mended, which alone takes the lock; that it cannot be is told, and no error.
 * Return: 0, negative errno if the file exists and cannot be read.
 */
int mp_bindings_load(struct mp_bindings *bindings, const char *dir, bool read_only,
		     const struct mp_config *config, mp_diagnostic_fn diagnostic, void *userdata);

/** mp_bindings_read() - mp_bindings_load() into a new set. Return: as that; negative: *ret is NULL.
 */
int mp_bindings_read(const char *dir, bool read_only, const struct mp_config *config,
		     mp_diagnostic_fn diagnostic, void *userdata, struct mp_bindings **ret);

/**
 * mp_bindings_parse() - a file's bytes over what is in memory
 * @file:	name for diagnostics
 *
 * Return: 1 if the file should be written anew (no header, contradictions), 0, -ENOMEM (memory is
 * unchanged).
 */
int mp_bindings_parse(struct mp_bindings *bindings, const char *file, const char *text,
		      size_t length, const struct mp_config *config, mp_diagnostic_fn diagnostic,
		      void *userdata);

/**
 * mp_bindings_format() - the file's bytes: sorted by alias length and name, each WWID's name that
 * counts before all others
 *
 * Blanks and the like within a name or a WWID are written as \xHH.
 */
int mp_bindings_format(const struct mp_bindings *bindings, char **ret);

/**
 * mp_bindings_write() - add to the file, and replace it atomically (temporary file, fsync, rename)
 * @text:	of mp_bindings_format()
 * @ret:	what stands in the file now; malloc'ed
 *
 * Under the file's lock. What is in the file stays: a name that it gives to another WWID was given
 * there first, and there may be a map of that name. Blocks for the disk.
 */
int mp_bindings_write(const char *dir, const char *text, char **ret);

/**
 * mp_bindings_adopt() - what stands in the file counts; bindings that are in memory alone stay,
 * where it has nobody else's
 *
 * Return: 0 or -ENOMEM.
 */
int mp_bindings_adopt(struct mp_bindings *bindings, const char *text,
		      const struct mp_config *config);

/**
 * mp_bindings_alias() - alias of this WWID, of several the one whose line comes first; borrowed
 * until the bindings change, NULL if there is none
 */
const char *mp_bindings_alias(const struct mp_bindings *bindings, const char *wwid);
/** mp_bindings_wwid() - of this alias; borrowed until the bindings change, NULL if there is none */
const char *mp_bindings_wwid(const struct mp_bindings *bindings, const char *alias);

/** mp_name_taken_fn - is there a dm device with that name which is not the map of @wwid? */
typedef bool (*mp_name_taken_fn)(void *userdata, const char *name, const char *wwid);

struct mp_alias_request {
	const char *wwid;
	const char *configured; /* alias of the multipath section, NULL */
	bool user_friendly;
	const char *prefix; /* alias_prefix */
	/* name of the kernel's map of this WWID; NULL: there is none, or it is to lose that name */
	const char *old;
	bool read_only; /* -B: bind nothing new */
	/* names that it gives to other WWIDs are not chosen; NULL: none */
	const struct mp_config *config;
	mp_name_taken_fn taken; /* NULL: none is */
	void *userdata;
};

/**
 * mp_bindings_choose() - the name that a map is to have: configured alias, else the one that it
 * has, else binding, else WWID
 *
 * A name that is not its WWID is kept whatever the bindings say; they learn it unless they give it
 * to another WWID.
 * @ret:	malloc'ed
 * @changed:	set if a binding was added: the caller saves before it uses the name
 *
 * Return: 0 or -ENOMEM.
 */
int mp_bindings_choose(struct mp_bindings *bindings, const struct mp_alias_request *request,
		       char **ret, bool *changed);

enum { MP_BINDINGS_NUMBER_SIZE = 8 }; /* 7 letters and the NUL */

/**
 * mp_bindings_parse_number() - bijective base 26: "a" 1, "z" 26, "aa" 27
 *
 * Return: 0 for what is no such number: empty, more than 7 letters, too large for an int.
 */
unsigned mp_bindings_parse_number(const char *letters);

/** mp_bindings_format_number() - the inverse; @number from 1 to INT_MAX */
void mp_bindings_format_number(unsigned number, char ret[static MP_BINDINGS_NUMBER_SIZE]);
