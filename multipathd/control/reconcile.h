/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reconcile.h - brings every marked map to its wanted state.  For: the daemon's control and
 * commands.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct daemon_map;
struct inventory;
struct map_kind;
struct mp_plan;
struct reconcile;

/**
 * reconcile_new() - no map is marked
 * @ret:	daemon->reconcile, for reconcile_later(); reconcile_free() when no map is left
 *
 * Return: 0, negative errno.
 */
int reconcile_new(struct daemon *daemon, struct reconcile **ret);

/** reconcile_free() - Return: NULL */
struct reconcile *reconcile_free(struct reconcile *reconcile);

/** reconcile_kind - the row of maps that the daemon plans and applies itself */
extern const struct map_kind reconcile_kind;

/**
 * reconcile_later() - for struct inventory.on_marked: reconcile when the loop has processed all
 * pending events
 */
void reconcile_later(struct inventory *inventory);

/* What becomes of a map that was marked, before there is a plan. */
enum reconcile_verdict {
	RECONCILE_FORGET, /* there is no device and no path */
	RECONCILE_LEAVE, /* it is not to be changed: by options, or the operator removed it */
	RECONCILE_AWAIT_WWIDS, /* the wwids file decides, and is read again first */
	RECONCILE_UNWANTED, /* it does not exist, and is not to */
	RECONCILE_REJECTED, /* it exists, and is not to: planned as not allowed */
	RECONCILE_ALLOWED,
};

/** reconcile_judge() - changes nothing; @why: it is unwanted or rejected, constant */
enum reconcile_verdict reconcile_judge(const struct daemon_map *map, const char **why);

/**
 * reconcile_plan() - plan the operations that the map needs, from the current state and its
 * settings; changes nothing
 *
 * A device can be in one table only: paths in another map's table are left out until that map has
 * dropped them.
 */
int reconcile_plan(const struct daemon_map *map, bool allowed, struct mp_plan *plan);

/**
 * reconcile_rehearse() - the same for a map of an inventory of copies. Return: 0, negative errno.
 */
int reconcile_rehearse(const struct daemon_map *map, struct mp_plan *plan);
