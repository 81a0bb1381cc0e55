/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* lifetime.h - sets up and tears down a daemon.  For: the programs that contain one. */
#pragma once
#include "multipathd/state/daemon.h"

struct duties;

/**
 * lifetime_begin() - set up everything except configuration and devices; @duties: NULL: none
 *
 * Return: 0, negative errno (logged).
 */
int lifetime_begin(struct daemon *daemon, const struct inventory_options *options,
		   const struct duties *duties);
void lifetime_end(struct daemon *daemon);
