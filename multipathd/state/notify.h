/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* notify.h - notifications to systemd.  For: the daemon's loop. */
#pragma once

struct daemon;

/**
 * notify_state() - send STATUS= for the daemon's state, and @more (constant, may be NULL) as a
 * separate message
 */
void notify_state(const struct daemon *daemon, const char *more);

/** notify_exit() - send ERRNO= */
void notify_exit(int status);
