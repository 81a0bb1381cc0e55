/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uevents.h - udev's events of paths and maps.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_path;
struct mp_props;

/**
 * uevents_open() - listen; from here on nothing is missed. Return: 0, negative errno, and
 * uevents_close() is due as well.
 */
int uevents_open(struct daemon *daemon);

/** uevents_close() - stop listening, if it was begun */
void uevents_close(struct daemon *daemon);

/**
 * uevents_is_news() - do the properties of a change event say more than that udev looked again?
 * Pure
 */
bool uevents_is_news(const struct daemon_path *path, const struct mp_props *props);
