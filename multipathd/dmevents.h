/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmevents.h - what changes in the kernel's maps.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>

struct daemon;

/** dmevents_open() - be told of events from now on. Return: 0, negative errno. */
int dmevents_open(struct daemon *daemon);
void dmevents_close(struct daemon *daemon);

/** dmevents_look() - list all devices and read the maps whose event number moved; one look at a time */
void dmevents_look(struct daemon *daemon);

/** dmevents_has_unused_maps() - maps of which no group was active when they were last read */
bool dmevents_has_unused_maps(const struct daemon *daemon);

/** dmevents_look_at_unused() - a look that reads those as well; commands_on_look() follows */
void dmevents_look_at_unused(struct daemon *daemon);
