/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmevents.h - what changes in the kernel's maps.  For: the daemon's loop. */
#pragma once
struct daemon;

/** dmevents_open() - be told of events from now on. Return: 0, negative errno. */
int dmevents_open(struct daemon *daemon);
void dmevents_close(struct daemon *daemon);
