/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* failback.h - when a map goes back to its best group.  For: the daemon's control. */
#pragma once
#include <stdbool.h>

struct daemon_map;
struct daemon_path;

/** failback_decide() - @came_up, @failed: a path did, @which; NULL: it is not known which */
void failback_decide(struct daemon_map *map, bool came_up, bool failed,
		     const struct daemon_path *which);
