/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geoms.h - maps managed by gmultipath: the daemon runs its verbs and watches the paths, but
 * changes nothing on its own.  For: the daemon's loop.
 *
 * Verbs, labels that are tasted and reactions to failures are gmultipath's engine, on a worker, one
 * after the other. The kernel's tables and two small files are the record; a map here is what was
 * last read of them, as with every other map.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct daemon;
struct inventory;
struct daemon_map;
struct daemon_path;
struct map_kind;

/** geoms_init() - read the notes on labels; called with the configuration and after every verb */
void geoms_init(struct daemon *daemon);

/** geoms_sweep() - repair what a killed daemon or gmultipath has left of a map */
void geoms_sweep(struct daemon *daemon);

/**
 * geoms_serve() - serve "@geom VERB ..." of a client, answered when it is done. Return: true if it
 * is such a request
 */
bool geoms_serve(struct daemon *daemon, uint64_t request, const char *text);

/**
 * geoms_change_path() - `fail path` and `reinstate path` are gmultipath's "fail" and "restore" to a
 * path of such a map. Return: is it one?
 */
bool geoms_change_path(struct daemon_path *path, const char *verb, uint64_t request);

/**
 * geoms_is_foreign() - Return: true if the path leads to another LUN than when it was added to its
 * gmultipath map
 */
bool geoms_is_foreign(const struct daemon_path *path);

/** geoms_kind - the row of maps managed by gmultipath */
extern const struct map_kind geoms_kind;

/** geoms_on_up() - a path outside such maps is up: look for a label */
void geoms_on_up(struct daemon_path *path);

/** geoms_drop_waiting() - the daemon ends: drop the requests that still wait */
void geoms_drop_waiting(struct daemon *daemon);
