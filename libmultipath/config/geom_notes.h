/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clang-format off */
/*
 * geom_notes.h - what is remembered about maps managed by gmultipath, in addition to the kernel's
 * tables.  For: gmultipath, the daemon.
 *
 * Two text files, one fact per line; words are separated by a blank (\x20 is a blank within a
 * word), '#' begins a comment.
 *
 * STATE_DIR/geom:
 *	load yes|no
 *	exclusive yes|no
 *	known UUID [NAME [WWID]]	its label may create a map
 *	bio UUID			the map has had a bio-based path
 *
 * RUNTIME_DIR/multipath/geom/state:
 *	failed WWID MAJOR:MINOR		failed by hand
 *	apart UUID MAJOR:MINOR		removed by hand
 *	stopped UUID
 *	foreign WWID MAJOR:MINOR	the path leads to another LUN
 *	configuring WWID		a change is in progress
 *	lun WWID MAJOR:MINOR LUN	what a path of a map without a label must report
 */
/* clang-format on */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"

#define MP_GEOM_NOTES_FILE "geom" /* in STATE_DIR */
#define MP_GEOM_RUN_DIR "multipath/geom" /* in RUNTIME_DIR */
#define MP_GEOM_RUN_FILE "state"
#define MP_GEOM_NOTE_LUN "lun "

/** mp_geom_notes_load() - a missing file is empty. Return: 0, negative errno. */
int mp_geom_notes_load(const char *dir, const char *name, struct mp_strbuf *notes);

/** mp_geom_notes_clean() - after reading: no byte ends the text before its end */
void mp_geom_notes_clean(struct mp_strbuf *notes);

/**
 * mp_geom_notes_put_word() - of a line, whatever bytes it has; the functions below that return
 * words give it back
 */
void mp_geom_notes_put_word(struct mp_strbuf *line, const char *word);

/** mp_geom_notes_has() - a line that begins with these words: "known UUID" */
bool mp_geom_notes_has(const struct mp_strbuf *notes, const char *words);

/**
 * mp_geom_notes_next() - the word behind these, with which a line begins. Return: 0, -ENOENT no
 * such line or word, -ENAMETOOLONG.
 */
int mp_geom_notes_next(const struct mp_strbuf *notes, const char *words, char *ret, size_t size);

/**
 * mp_geom_notes_wwid() - of the disk with the label of this UUID
 * @ret:	"" if it is not noted
 *
 * Return: 0, -ENOENT if the UUID is not known, -ENAMETOOLONG.
 */
int mp_geom_notes_wwid(const struct mp_strbuf *notes, const char *uuid, char *ret, size_t size);

/**
 * mp_geom_notes_uuid() - of the label on the disk of this WWID. Return: 0, -ENOENT, -ENAMETOOLONG.
 */
int mp_geom_notes_uuid(const struct mp_strbuf *notes, const char *wwid, char *ret, size_t size);

/**
 * mp_geom_notes_claim() - is a map to be made of this disk's label? Nobody else should take it
 * then.
 */
bool mp_geom_notes_claim(const struct mp_strbuf *notes, const char *wwid);

/** mp_geom_notes_add() - unless there is such a line. Return: true if it was added. */
bool mp_geom_notes_add(struct mp_strbuf *notes, const char *line);

/**
 * mp_geom_notes_remove() - every line that begins with these words. Return: true if there was one.
 */
bool mp_geom_notes_remove(struct mp_strbuf *notes, const char *words);
