/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * membership.h - which maps exist, and which paths belong to which.  For: the daemon's control and
 * commands.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct daemon_path;
struct mp_kernel_map;

/* Why a path belongs to a map. */
enum membership_rule {
	MEMBERSHIP_BY_WWID, /* it has the map's WWID */
	MEMBERSHIP_BY_TABLE, /* the map takes its paths by table (struct map_kind) */
	MEMBERSHIP_BY_USERS, /* membership_find_user() */
};

struct membership {
	enum membership_rule rule;
	struct daemon_map *map; /* NULL: by WWID, but the map does not exist yet */
	/*
	 * its users may need the path, which is known when the disks in its table have been read:
	 * membership_take_back() follows; NULL: none
	 */
	struct daemon_map *unread;
};

/** membership_choose() - the map that a path with a WWID belongs to; changes nothing */
struct membership membership_choose(const struct daemon_path *path);

/**
 * membership_join() - add the path to its map, which is created (in memory) if necessary
 */
int membership_join(struct daemon_path *path, bool by_operator);

/**
 * membership_find_user() - the map of another WWID that is in use and has the path in the kernel's
 * table, if it is the same LUN
 *
 * The configuration now gives the LUN another WWID. One disk must have only one map, and that map
 * has users: the path stays in it until they are gone.
 */
struct daemon_map *membership_find_user(const struct daemon_path *path);

/**
 * membership_take_back() - a map that should be removed cannot be, or the disks in its table have
 * been read: it gets the paths that its users need
 */
void membership_take_back(struct daemon_map *map);

/**
 * membership_adopt() - the kernel has this map: found at startup, or created by another program.
 * Takes *kernel. @not_ready: udev's database has it as not ready
 */
int membership_adopt(struct daemon *daemon, const char *wwid, struct mp_kernel_map *kernel,
		     bool not_ready);

/** membership_gone() - the kernel's device is gone */
void membership_gone(struct daemon_map *map);

/** membership_forget() - drop the map and orphan its paths */
void membership_forget(struct daemon_map *map);

/**
 * membership_start_over() - like membership_forget(), but paths found in the meantime create it
 * again
 */
void membership_start_over(struct daemon_map *map);

/** membership_free_all() - free all maps, at the end */
void membership_free_all(struct daemon *daemon);
