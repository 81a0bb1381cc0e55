/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* failback.h - when a map goes back to its best group.  For: the daemon's control. */
#pragma once
#include "model/failback.h"

struct daemon_map;
struct path_news;

/**
 * failback_judge() - what there is to do about the path group in use. Nothing is done.
 * @news:	NULL: the timer of a deferred failback has expired
 */
struct mp_failback_decision failback_judge(const struct daemon_map *map,
					   const struct path_news *news);

/** failback_decide() - the same, and do it; as struct duties.on_groups */
void failback_decide(struct daemon_map *map, const struct path_news *news);
