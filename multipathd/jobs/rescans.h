/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rescans.h - has the kernel rescan or delete a path's device.  For: the daemon's control.
 */
#pragma once

struct daemon_path;

/** rescans_start() - have size and VPD pages read again, and udev notified */
void rescans_start(struct daemon_path *path);

/** rescans_delete() - delete the device, as if it had been unplugged */
void rescans_delete(struct daemon_path *path);
