/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings.h - resolves a map's settings from the configuration.  For: the daemon's control. */
#pragma once

struct daemon_map;

/**
 * settings_resolve() - resolve a map's settings after a change of the configuration or its
 * reference path
 */
void settings_resolve(struct daemon_map *map);
