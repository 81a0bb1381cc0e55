/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* uevents.h - udev's events of paths and maps.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct daemon_path;
struct mp_props;

/** uevents_open() - listen; from here on nothing is missed. Return: 0, negative errno. */
int uevents_open(struct daemon *daemon);
void uevents_close(struct daemon *daemon);

/** uevents_trigger() - have udev look at a device (and its partitions) again; written by a worker */
void uevents_trigger(struct daemon *daemon, const char *dir, const char *action);

/** uevents_claim() - the path is a map's now: udev is to know, unless its database says so already */
void uevents_claim(struct daemon_path *path);

/** uevents_release() - the map's paths are nobody's now: udev is to look whose they are */
void uevents_release(struct daemon_map *map);

/** uevents_is_news() - do the properties of a change event say more than that udev looked again? Pure */
bool uevents_is_news(const struct daemon_path *path, const struct mp_props *props);
