/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bindings.h - user friendly names: the bindings file and the choice of a map's name.  For: programs. */
#pragma once
#include <stdbool.h>

#include "config/config.h"

struct mp_bindings; /* alias <-> WWID, in memory; one owner */

/** mp_bindings_new() - empty, without file. Return: 0 or -ENOMEM. */
int mp_bindings_new(struct mp_bindings **ret);
struct mp_bindings *mp_bindings_free(struct mp_bindings *bindings);

/**
 * mp_bindings_load() - read the file over what is in memory (which is replaced on success only)
 * @dir:	STATE_DIR; created (0700) if missing and not @read_only
 * @config:	aliases configured there win: contradicting lines are dropped, and the file rewritten unless @read_only
 *
 * A missing, empty or header-less file is fine, also with @read_only. Bad lines are told to @diagnostic as FILE:LINE.
 * Return: 0, negative errno if the file exists and cannot be read.
 */
int mp_bindings_load(struct mp_bindings *bindings, const char *dir, bool read_only, const struct mp_config *config,
		     mp_diagnostic_fn diagnostic, void *userdata);

/**
 * mp_bindings_save() - replace the file atomically (temporary file, fsync, rename), sorted by alias length and name
 *
 * Takes and releases a lock that other writers respect. Blocks for the disk: callers that must not wait format with
 * mp_bindings_format() and have a worker call mp_bindings_write().
 */
int mp_bindings_save(const struct mp_bindings *bindings, const char *dir);
int mp_bindings_format(const struct mp_bindings *bindings, char **ret);
int mp_bindings_write(const char *dir, const char *text);

const char *mp_bindings_alias(const struct mp_bindings *bindings, const char *wwid);
const char *mp_bindings_wwid(const struct mp_bindings *bindings, const char *alias);

/** mp_name_taken_fn - is there a dm device with that name which is not the map of @wwid? */
typedef bool (*mp_name_taken_fn)(void *userdata, const char *name, const char *wwid);

struct mp_alias_request {
	const char *wwid;
	const char *configured; /* alias of the multipath section, NULL */
	bool user_friendly;
	const char *prefix; /* alias_prefix */
	const char *old; /* name of the kernel's map of this WWID, NULL if there is none */
	bool read_only; /* -B: bind nothing new */
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

/* Bijective base 26: 1 "a", 26 "z", 27 "aa". Parse returns 0 for what is no such number. */
unsigned mp_bindings_parse_number(const char *letters);
