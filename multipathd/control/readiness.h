/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readiness.h - udev has processed a map's creation or change, or has had its time.  For: the
 * daemon's control and events.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;

/** readiness_note() - udev is done with it; @ready: and does call it ready */
void readiness_note(struct daemon_map *map, bool ready);

/** readiness_await() - the creation event is to come within missing_uev_wait_timeout */
void readiness_await(struct daemon_map *map);
