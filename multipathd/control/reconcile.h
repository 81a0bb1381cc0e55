/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reconcile.h - every map that was marked becomes what it should be.  For: the daemon's control and
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
 * reconcile_later() - as struct inventory.on_marked: when the loop has taken all events that are
 * there
 */
void reconcile_later(struct inventory *inventory);

/**
 * reconcile_plan() - what is to be done to it, from what is known and its settings; nothing is done
 */
int reconcile_plan(struct daemon_map *map, bool allowed, struct mp_plan *plan);

/**
 * reconcile_rehearse() - the same, of a map of an inventory of copies. Return: 0, negative errno.
 */
int reconcile_rehearse(struct daemon_map *map, struct mp_plan *plan);
