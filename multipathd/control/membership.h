/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * membership.h - which paths are of which map, and which maps there are.  For: the daemon's control
 * and commands.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct daemon_path;
struct mp_kernel_map;

/* Why a path is of a map. */
enum membership_rule {
	MEMBERSHIP_BY_WWID, /* it is the map's */
	MEMBERSHIP_BY_TABLE, /* the map takes its paths by table (struct map_kind) */
	MEMBERSHIP_BY_USERS, /* membership_find_user() */
};

struct membership {
	enum membership_rule rule;
	struct daemon_map *map; /* NULL: by WWID, but there is none yet */
};

/** membership_choose() - the map that a path with a WWID belongs to; changes nothing */
struct membership membership_choose(const struct daemon_path *path);

/**
 * membership_join() - the path belongs to the map of its WWID, which is made (in memory) if need be
 */
int membership_join(struct daemon_path *path, bool by_operator);

/**
 * membership_find_user() - the map of another WWID that is in use and has the path in the kernel's
 * table, if it is the same LUN
 *
 * The configuration spells its name otherwise now. One disk is one map, and that one has its users:
 * the path stays until they are gone.
 */
struct daemon_map *membership_find_user(const struct daemon_path *path);

/**
 * membership_take_back() - a map that was not wanted any more cannot be removed: its paths stay its
 * own
 */
void membership_take_back(struct daemon_map *map);

/**
 * membership_adopt() - the kernel has this map: found at start, or made by somebody else. Takes
 * *kernel.
 */
int membership_adopt(struct daemon *daemon, const char *wwid, struct mp_kernel_map *kernel);

/** membership_gone() - the kernel's device is gone */
void membership_gone(struct daemon_map *map);

/** membership_forget() - drop the map and orphan its paths */
void membership_forget(struct daemon_map *map);

/**
 * membership_start_over() - as membership_forget(), but paths that have come meanwhile make it anew
 */
void membership_start_over(struct daemon_map *map);

void membership_free_all(struct daemon *daemon);
