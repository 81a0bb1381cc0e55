/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* files.h - state files are written by a worker, many changes in one go.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;

/** files_bindings_changed() - @map gets its name when the binding is on disk (map->naming until then) */
void files_bindings_changed(struct daemon *daemon, struct daemon_map *map);

/** files_wwid_created() - a map of this WWID exists: it is known from now on. Return: was it not before? */
bool files_wwid_created(struct daemon *daemon, const char *wwid);

/** files_write() - start writing what has changed */
void files_write(struct daemon *daemon);
