/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geoms.h - maps managed by gmultipath: the daemon runs its verbs and watches the paths, but
 * changes nothing on its own.  For: the daemon's loop.
 *
 * Verbs (geom_verbs), labels that are tasted (tastings) and reactions to failures (reactions) are
 * gmultipath's engine, on a worker, one after the other. The kernel's tables and two small files
 * are the record; a map here is what was last read of them, as with every other map.
 */
#pragma once

struct daemon;
struct map_kind;
struct mp_strbuf;

/**
 * geoms_take_notes() - the notes on labels were read: with the configuration, and after every verb
 * @notes:	taken; with an error, what could be read
 */
void geoms_take_notes(struct daemon *daemon, struct mp_strbuf *notes, int error);

/** geoms_read_again() - the next look reads each of these maps, changed or not */
void geoms_read_again(struct daemon *daemon);

/** geoms_kind - the row of maps managed by gmultipath */
extern const struct map_kind geoms_kind;
