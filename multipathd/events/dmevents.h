/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmevents.h - device-mapper events: changes of the kernel's maps.  For: the daemon's loop. */
#pragma once
struct daemon;

/**
 * dmevents_open() - start receiving events. Return: 0, negative errno; dmevents_close() must be
 * called in both cases.
 */
int dmevents_open(struct daemon *daemon);

/** dmevents_close() - stop receiving events, if started */
void dmevents_close(struct daemon *daemon);
