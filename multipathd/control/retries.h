/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* retries.h - retries of failed operations on maps.  For: the daemon's control. */
#pragma once

struct daemon_map;

/** retries_later() - retry at increasing intervals, as no event will show when it can succeed */
void retries_later(struct daemon_map *map);

/** retries_soon() - retry in a second; give up after repeated failures */
void retries_soon(struct daemon_map *map);
