/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* removals.h - remove all maps of the kernel, each by a job of its own.  For: map_commands. */
#pragma once
#include <stdint.h>

struct daemon;

/**
 * removals_start() - remove every multipath map of the kernel that no process uses, also those
 * that the daemon does not know
 * @request:	answered once, when the last job is done
 *
 * Return: 0 the answer will come, -ENOMEM.
 */
int removals_start(struct daemon *daemon, uint64_t request);
