/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * triggers.h - triggers uevents for a device.  For: the daemon's
 * control.
 */
#pragma once

struct daemon;
struct daemon_map;
struct daemon_path;

/** triggers_start() - write the action into the device's uevent file; @dir: in sysfs */
void triggers_start(struct daemon *daemon, const char *dir, const char *action);

/** triggers_claim() - have udev notice that the path belongs to a map; only once */
void triggers_claim(struct daemon_path *path);

/** triggers_release() - have udev notice that the map's paths no longer belong to a map */
void triggers_release(struct daemon_map *map);
