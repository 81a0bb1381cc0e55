/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * udev_queue.h - waiting for udev, which opens a device for a moment when something about it has
 * changed: a map that it has open cannot be removed.  For: commands.
 */
#pragma once

enum { MP_UDEV_QUEUE_MSEC = 3000 }; /* long enough for a look at some devices */

/**
 * mp_udev_queue_wait() - until udev has no event left to handle, but @limit_msec at most. Returns
 * at once where no udev is running. Not for programs that udev itself runs: its queue has their
 * event.
 */
void mp_udev_queue_wait(unsigned limit_msec);
