/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uevents.h - udev events for paths and maps.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_path;
struct mp_props;

/**
 * uevents_open() - start receiving events; none is missed from here on. Return: 0, negative errno;
 * uevents_close() must be called in both cases.
 */
int uevents_open(struct daemon *daemon);

/** uevents_close() - stop receiving events, if started */
void uevents_close(struct daemon *daemon);

/**
 * uevents_is_news() - Return: true if the properties of a change event contain more than udev's
 * reprobe. Pure.
 */
bool uevents_is_news(const struct daemon_path *path, const struct mp_props *props);
