/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* watch.h - files that others change while the daemon runs.  For: main. */
#pragma once

struct daemon;

/**
 * watch_open() - tell the operator of a changed configuration, read the bindings file again when it
 * was replaced
 */
void watch_open(struct daemon *daemon);
