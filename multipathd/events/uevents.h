/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uevents.h - udev events for paths and maps.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_path;
struct mp_props;
struct uevents;

/**
 * uevents_new() - start receiving events; none is missed from here on
 * @ret:	uevents_free(), before the daemon ends
 *
 * Return: 0, negative errno.
 */
int uevents_new(struct daemon *daemon, struct uevents **ret);

/** uevents_free() - stop receiving events. Return: NULL. */
struct uevents *uevents_free(struct uevents *uevents);

/**
 * uevents_is_news() - Return: true if the properties of a change event contain more than udev's
 * reprobe. Pure.
 */
bool uevents_is_news(const struct daemon_path *path, const struct mp_props *props);
