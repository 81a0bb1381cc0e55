/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dm_lock.h - locks of each map, which only root can hold.  For: libmpathpersist, the daemon. */
#pragma once
#include <sys/types.h>

enum mp_dm_lock {
	/* who changes the map's reservations, one command at a time */
	MP_DM_LOCK_RESERVATIONS,
	/*
	 * who has the map suspended while its paths are not registered, and who loads a table,
	 * which would resume it
	 */
	MP_DM_LOCK_TABLE,
};

/**
 * mp_dm_lock() - take one. Blocks.
 *
 * Return: a descriptor for mp_dm_unlock(); -ETIMEDOUT after @limit_msec, negative errno.
 */
int mp_dm_lock(dev_t devt, enum mp_dm_lock which, unsigned limit_msec);

/** mp_dm_unlock() - unless it is negative; also if a child process has a copy. For _cleanup_() */
void mp_dm_unlock(int *fd);
