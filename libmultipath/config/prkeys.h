/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prkeys.h - the file of reservation keys.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mp_strbuf;

/* A reservation key of a map. Key 0 is none: it is what unregisters. */
struct mp_prkey {
	uint64_t key;
	bool aptpl; /* the registration is to survive a loss of power */
};

/** mp_prkey_parse() - "[0x]HEX[:aptpl]", 16 digits at most, not 0. Return: 0, -EINVAL. */
int mp_prkey_parse(const char *text, struct mp_prkey *ret);

/**
 * mp_prkeys_find() - last line of @text that counts for @wwid
 *
 * A line is "0xDIGITS WWID", of 16 digits; "0X" for aptpl.
 * Return: 0, -ENOENT.
 */
int mp_prkeys_find(const char *text, size_t length, const char *wwid, struct mp_prkey *ret);

/**
 * mp_prkeys_edit() - the file's text with another key of @wwid
 * @key:	NULL: its lines are turned into comments
 *
 * The line that there is, a comment or not, is overwritten; else one is added, with the header if
 * the file is empty.
 * Return: 1 changed, 0 nothing to change (@ret untouched), -EINVAL an empty WWID, -ENOMEM.
 */
int mp_prkeys_edit(const char *text, size_t length, const char *wwid, const struct mp_prkey *key,
		   struct mp_strbuf *ret);

/**
 * mp_prkeys_load() - DIR/prkeys without lock; a missing file is empty. Return: 0, negative errno.
 */
int mp_prkeys_load(const char *dir, struct mp_strbuf *ret);

/**
 * mp_prkeys_write() - as mp_prkeys_edit(), in DIR/prkeys, locked and atomically. Blocks: for
 * workers.
 * @ret:	what the file has now
 */
int mp_prkeys_write(const char *dir, const char *wwid, const struct mp_prkey *key,
		    struct mp_strbuf *ret);
