/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * triggers.h - events that the kernel and udev are asked to send of a device.  For: the daemon's
 * control.
 */
#pragma once

struct daemon;
struct daemon_map;
struct daemon_path;

/** triggers_start() - write the action into the device's uevent file; @dir: in sysfs */
void triggers_start(struct daemon *daemon, const char *dir, const char *action);

/** triggers_claim() - udev is to learn that the path belongs to a map; asked for once */
void triggers_claim(struct daemon_path *path);

/** triggers_release() - and that the map's paths belong to none any more */
void triggers_release(struct daemon_map *map);
