/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geom_notes.h - what is remembered of maps under the administrator's hand beside the kernel's tables.  For: gmultipath, the
 * daemon.
 *
 * Both are text, one fact a line, words with a blank between them, '#' and what follows is a comment:
 *
 *	STATE_DIR/geom			load yes|no, exclusive yes|no, known UUID [NAME]
 *	RUNTIME_DIR/multipath/geom/state	failed WWID MAJOR:MINOR (by hand), apart UUID MAJOR:MINOR (removed by hand),
 *					stopped UUID
 */
#pragma once
#include <stdbool.h>

#include "base/strbuf.h"

#define MP_GEOM_NOTES_FILE "geom" /* in STATE_DIR */
#define MP_GEOM_RUN_DIR "multipath/geom" /* in RUNTIME_DIR */
#define MP_GEOM_RUN_FILE "state"

/** mp_geom_notes_load() - a missing file is empty. Return: 0, negative errno. */
int mp_geom_notes_load(const char *dir, const char *name, struct mp_strbuf *notes);

/** mp_geom_notes_has() - a line that begins with these words: "known UUID" */
bool mp_geom_notes_has(const struct mp_strbuf *notes, const char *words);

/** mp_geom_notes_add() - unless there is such a line. Return: was it added? */
bool mp_geom_notes_add(struct mp_strbuf *notes, const char *line);

/** mp_geom_notes_remove() - every line that begins with these words. Return: was there one? */
bool mp_geom_notes_remove(struct mp_strbuf *notes, const char *words);
