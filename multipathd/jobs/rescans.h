/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rescans.h - the kernel looks at a path's device anew, or forgets it.  For: the daemon's control.
 */
#pragma once

struct daemon_path;

/** rescans_start() - size and VPD pages are read again, and udev is told */
void rescans_start(struct daemon_path *path);

/** rescans_delete() - as if the device had been pulled */
void rescans_delete(struct daemon_path *path);
