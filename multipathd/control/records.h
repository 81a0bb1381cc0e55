/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * records.h - what bindings and WWIDs mean for maps once they are written, or read again.  For: the
 * daemon's loop.
 */
#pragma once
#include <stdbool.h>

#include "config/wwids.h"
#include "multipathd/jobs/files.h"

struct daemon;

/** records_takers - the daemon's row */
extern const struct files_takers records_takers;

/** records_bindings_are_newer() - Return: true if bindings in memory are not in the file yet */
bool records_bindings_are_newer(const struct daemon *daemon);

/** records_adopt_bindings() - they replace those in memory; @bindings: taken */
void records_adopt_bindings(struct daemon *daemon, struct mp_bindings *bindings);

/**
 * records_adopt_wwids() - the file replaces the list in memory, except for entries that are not
 * written yet
 * @read:	taken
 *
 * Return: 0 or -ENOMEM.
 */
int records_adopt_wwids(struct daemon *daemon, struct mp_wwids *read);
