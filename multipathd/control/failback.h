/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* failback.h - when a map fails back to its best group.  For: the daemon's control. */
#pragma once
#include "model/failback.h"

struct daemon_map;
struct path_news;

/**
 * failback_judge() - what to do about the path group in use; changes nothing
 * @news:	NULL: the timer of a deferred failback has expired
 */
struct mp_failback_decision failback_judge(const struct daemon_map *map,
					   const struct path_news *news);

/** failback_decide() - judge and act; for struct duties.on_groups */
void failback_decide(struct daemon_map *map, const struct path_news *news);
