/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * geoms.h - maps under the administrator's hand (gmultipath): the daemon runs the verbs, watches
 * the paths, and keeps its hands off.  For: the daemon's loop.
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

/** geoms_init() - what the notes say of labels; with the configuration, and after every verb */
void geoms_init(struct daemon *daemon);

/** geoms_sweep() - put in order what a killed daemon or gmultipath has left of a map */
void geoms_sweep(struct daemon *daemon);

/** geoms_serve() - "@geom VERB ..." of a client; answered when it is done. Return: was it one? */
bool geoms_serve(struct daemon *daemon, uint64_t request, const char *text);

/**
 * geoms_change_path() - `fail path` and `reinstate path` are gmultipath's "fail" and "restore" to a
 * path of such a map. Return: is it one?
 */
bool geoms_change_path(struct daemon_path *path, const char *verb, uint64_t request);

/** geoms_is_foreign() - does the path lead to another LUN than when gmultipath's map took it? */
bool geoms_is_foreign(const struct daemon_path *path);

/** geoms_kind - the row of maps managed by gmultipath */
extern const struct map_kind geoms_kind;

/** geoms_on_up() - a path without such a map answered: does it have a label? */
void geoms_on_up(struct daemon_path *path);

/** geoms_drop_waiting() - the end: nobody is answered any more */
void geoms_drop_waiting(struct daemon *daemon);
