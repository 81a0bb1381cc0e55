/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dm_lock.h - a lock for each map, which only root can hold.  For: libmpathpersist, the daemon. */
#pragma once
#include <sys/types.h>

/**
 * mp_dm_lock() - take that of a map. Blocks.
 *
 * Who changes a map's reservations holds it; who could resume the map takes it, because a map is
 * suspended while its paths are not registered.
 *
 * Return: a descriptor, which unlocks it when it is closed; -ETIMEDOUT after @limit_msec, negative
 * errno.
 */
int mp_dm_lock(dev_t devt, unsigned limit_msec);
