/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reconcile.h - brings every marked map to its wanted state.  For: the daemon's control and
 * commands.
 */
#pragma once
#include <stdbool.h>

struct daemon_map;
struct inventory;
struct map_kind;
struct mp_plan;

/** reconcile_kind - the row of maps that the daemon plans and applies itself */
extern const struct map_kind reconcile_kind;

/**
 * reconcile_later() - for struct inventory.on_marked: reconcile when the loop has processed all
 * pending events
 */
void reconcile_later(struct inventory *inventory);

/**
 * reconcile_plan() - plan the operations that the map needs, from the current state and its
 * settings; changes nothing
 */
int reconcile_plan(struct daemon_map *map, bool allowed, struct mp_plan *plan);

/**
 * reconcile_rehearse() - the same for a map of an inventory of copies. Return: 0, negative errno.
 */
int reconcile_rehearse(struct daemon_map *map, struct mp_plan *plan);
