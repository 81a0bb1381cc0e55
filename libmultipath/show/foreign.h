/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* foreign.h - wildcards and trees of disks whose paths the kernel joins itself.  For: show. */
#pragma once
#include "model/foreign.h"

struct mp_strbuf;

/** mp_show_foreign_map_value() - what a wildcard's letter is for such a map; "n/a" for most */
void mp_show_foreign_map_value(const struct mp_foreign_map *map, char letter,
			       struct mp_strbuf *out);

/** mp_show_foreign_path_value() - the same for the path @path of @map */
void mp_show_foreign_path_value(const struct mp_foreign_map *map,
				const struct mp_foreign_path *path, char letter,
				struct mp_strbuf *out);
