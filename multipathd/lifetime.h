/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lifetime.h - a daemon's beginning and end.  For: the programs that are one. */
#pragma once
#include "multipathd/state/daemon.h"

struct duties;

/**
 * daemon_init() - everything but configuration and devices; @duties: NULL: none
 *
 * Return: 0, negative errno (logged).
 */
int daemon_init(struct daemon *daemon, const struct inventory_options *options,
		const struct duties *duties);
void daemon_fini(struct daemon *daemon);
