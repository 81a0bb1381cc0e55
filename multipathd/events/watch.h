/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.h - watches files that other programs change while the daemon runs.  For: main. */
#pragma once

struct daemon;

/**
 * watch_open() - warn about a changed configuration, reread the bindings file when it is
 * replaced, and limit queueing when systemd begins to shut down
 */
void watch_open(struct daemon *daemon);
