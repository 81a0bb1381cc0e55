/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* notify.h - what systemd is told.  For: the daemon's loop. */
#pragma once

struct daemon;

/**
 * notify_state() - STATUS= by the daemon's state, and @more (constant, may be NULL) as a message of
 * its own
 */
void notify_state(const struct daemon *daemon, const char *more);

/** notify_exit() - ERRNO= */
void notify_exit(int status);
