/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* names.h - choice of a map's name.  For: the daemon's control and commands. */
#pragma once

struct daemon;
struct daemon_map;

/**
 * names_choose() - Return: 1 if named, 0 if its binding must be on disk first (map->naming),
 * negative errno
 */
int names_choose(struct daemon_map *map);

/**
 * names_contradiction() - does the bindings file disagree with the name of an existing map, which
 * keeps it?
 * @ret_other:	the WWID or the name in the file
 *
 * Return: "gives that name to" for another WWID, "names it" for another name; NULL: no
 * disagreement.
 */
const char *names_contradiction(const struct daemon_map *map, const char **ret_other);

/** names_retry() - the list of dm devices was read: try names again that were in use */
void names_retry(struct daemon *daemon);

/**
 * names_rehearse() - choose settings and name of a map as a reconfigure would
 *
 * For maps of an inventory of copies. A map that is not allowed loses its name.
 * Return: 1 if the name changed, 0 if not, negative errno.
 */
int names_rehearse(struct daemon_map *map);
