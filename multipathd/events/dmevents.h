/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmevents.h - what changes in the kernel's maps.  For: the daemon's loop. */
#pragma once
struct daemon;

/**
 * dmevents_open() - receive events from now on. Return: 0, negative errno, and dmevents_close() is
 * due as well.
 */
int dmevents_open(struct daemon *daemon);

/** dmevents_close() - stop receiving, if it was begun */
void dmevents_close(struct daemon *daemon);
