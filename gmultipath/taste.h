/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * taste.h - automatic maps: labels on disks, and paths that come and go.  For:
 * gmultipath's verbs, the daemon's workers.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gmultipath/engine.h"

/** taste_loaded() - Return: true if labels may create maps (`load`, `unload`; the default) */
bool taste_loaded(const struct engine *engine);

/* Which labels may create maps. */
enum taste {
	/*
	 * those with a known UUID, on the disk recorded for it, unless the map was stopped or the
	 * path removed by hand
	 */
	TASTE_KNOWN,
	TASTE_NEW, /* `load`: unknown UUIDs, too */
	TASTE_MOVED, /* `load`: known UUIDs on another disk, too, if the recorded one is absent */
};

/**
 * taste_disk() - read a disk's label and add the disk to the map with that UUID, which is created
 * if necessary
 *
 * Return: 1 if added, 0 if it has no label or one to be ignored, negative errno (message in err).
 */
int taste_disk(struct engine *engine, const struct provider *provider, enum taste taste);

/**
 * taste_all() - taste_disk() for all whole disks. Return: number of paths added, negative errno.
 */
int taste_all(struct engine *engine, enum taste taste);

/**
 * taste_wwid() - WWID of a disk as of its last scan; "" if it has none, or one that is not one
 * word. Reads only sysfs.
 */
void taste_wwid(dev_t devt, char *ret, size_t size);

/**
 * taste_is_disk_of() - Return: true unless the device reports another WWID than the notes or
 * the map's paths have
 *
 * The device itself is queried; the WWIDs of the map's paths are those of their last scan.
 */
bool taste_is_disk_of(const struct engine *engine, const struct mp_geom *geom, dev_t devt);

/** taste_join() - add a path. Return: 0, negative errno (message in err) */
int taste_join(struct engine *engine, const struct mp_geom *geom, const struct provider *provider);

/** taste_leave() - remove a path; the last one with its map. Return: as taste_join() */
int taste_leave(struct engine *engine, const struct mp_geom *geom, size_t path);

enum taste_reaction {
	TASTE_NOTHING, /* nothing to do */
	TASTE_CHANGED,
	TASTE_RESTORED, /* the other paths were restored, and are tried */
};

/* What to do without a good path. */
enum taste_verdict {
	TASTE_NO_VERDICT, /* wait: the daemon has not decided yet */
	TASTE_RESTORE, /* restore the other paths and try them */
	TASTE_FAIL, /* that failed: let I/O fail */
};

/**
 * taste_react() - update a map after a path failed, returned or disappeared: remove paths that are
 * gone; if no good one is left, restore the others once, and if they fail again, fail I/O
 * @members:	what the daemon knows of the paths; those that lead to another LUN are removed,
 *		never restored
 *
 * Return: enum taste_reaction, negative errno (message in err).
 */
int taste_react(struct engine *engine, const char *wwid, enum taste_verdict verdict,
		const struct member *members, size_t member_count);
