/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmevents.h - device-mapper events: changes of the kernel's maps.  For: the daemon's loop. */
#pragma once
struct daemon;
struct dmevents;

/**
 * dmevents_new() - start receiving events
 * @ret:	dmevents_free(), before the daemon ends
 *
 * Return: 0, negative errno.
 */
int dmevents_new(struct daemon *daemon, struct dmevents **ret);

/** dmevents_free() - stop receiving events. Return: NULL. */
struct dmevents *dmevents_free(struct dmevents *dmevents);
