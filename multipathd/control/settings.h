/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings.h - a map's settings in the configuration.  For: the daemon's control. */
#pragma once

struct daemon_map;

/** settings_resolve() - after a change of configuration or reference path */
void settings_resolve(struct daemon_map *map);
