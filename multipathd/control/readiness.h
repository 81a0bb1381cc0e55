/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readiness.h - waits until udev has processed a map's creation or change.  For: the
 * daemon's control and events.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;

/** readiness_note() - udev has processed the map; @ready: and reports it as ready */
void readiness_note(struct daemon_map *map, bool ready);

/** readiness_await() - wait up to missing_uev_wait_timeout for the creation event */
void readiness_await(struct daemon_map *map);
