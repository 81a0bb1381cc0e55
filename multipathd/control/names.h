/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* names.h - the name that a map is to have.  For: the daemon's control and commands. */
#pragma once

struct daemon;
struct daemon_map;

/**
 * names_choose() - Return: 1 it is named now, 0 its binding must be on disk first (map->naming),
 * negative errno
 */
int names_choose(struct daemon_map *map);

/**
 * names_contradiction() - a map that exists keeps its name, whatever the bindings say
 * @ret_other:	the WWID or the name that they say it of
 *
 * Return: "gives that name to" another WWID, "names it" otherwise; NULL: they agree, or do not
 * matter.
 */
const char *names_contradiction(const struct daemon_map *map, const char **ret_other);

/** names_retry() - the list of dm devices is new: names that were taken may be free */
void names_retry(struct daemon *daemon);

/**
 * names_rehearse() - choose its settings and its name as a reconfigure would
 *
 * For maps of an inventory of copies. A map that is not allowed gives its name away.
 * Return: 1 it has another name now, 0, negative errno.
 */
int names_rehearse(struct daemon_map *map);
