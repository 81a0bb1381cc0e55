/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* failback.h - when a map goes back to its best group.  For: the daemon's control. */
#pragma once
struct daemon_map;
struct path_news;

/** failback_decide() - as struct duties.on_groups */
void failback_decide(struct daemon_map *map, const struct path_news *news);
