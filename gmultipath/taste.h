/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * taste.h - maps that labels on disks make by themselves, and paths that come and go.  For:
 * gmultipath's verbs, the daemon's workers.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gmultipath/engine.h"

/** taste_loaded() - may labels make maps? (`load`, `unload`; yes unless said otherwise) */
bool taste_loaded(const struct engine *engine);

/* Which labels are followed. */
enum taste {
	/*
	 * of known UUIDs, on the disks that are known to have them; not what was stopped or removed
	 * by hand
	 */
	TASTE_KNOWN,
	TASTE_NEW, /* `load`: of unknown UUIDs, too */
	TASTE_MOVED, /* `load`: of UUIDs that another disk had, too, if that is not there */
};

/**
 * taste_disk() - one disk, if it has a label: it joins the map of its UUID, which is made if need
 * be
 *
 * Return: 1 it joined, 0 it has none, or not one that is to be followed, negative errno (said).
 */
int taste_disk(struct engine *engine, const struct provider *provider, enum taste taste);

/** taste_all() - every whole disk. Return: how many joined. */
int taste_all(struct engine *engine, enum taste taste);

/**
 * taste_wwid() - of a disk, as of its last scan, in one word; "" if it has none. Reads sysfs alone.
 */
void taste_wwid(dev_t devt, char *ret, size_t size);

/**
 * taste_is_disk_of() - may the device lead to the LUN of this map, as far as its paths and the
 * notes tell which one that is?
 *
 * The device itself is asked; of the map's paths what they were when they were scanned.
 */
bool taste_is_disk_of(const struct engine *engine, const struct mp_geom *geom, dev_t devt);

/** taste_join() - a path more. Return: 0, negative errno (said) */
int taste_join(struct engine *engine, const struct mp_geom *geom, const struct provider *provider);

/** taste_leave() - a path less; with the last one the map goes */
int taste_leave(struct engine *engine, const struct mp_geom *geom, size_t path);

enum taste_reaction {
	TASTE_NOTHING, /* all is as it should be */
	TASTE_CHANGED,
	TASTE_RESTORED, /* the others are tried */
};

/* If no good path is left. */
enum taste_verdict {
	TASTE_NO_VERDICT, /* the daemon does not know of it yet: it will, and decide */
	TASTE_RESTORE, /* the others are restored and tried */
	TASTE_FAIL, /* that was in vain: I/O fails */
};

/**
 * taste_react() - a map after a path failed, came back or departed: paths that are gone leave; when
 * no good one is left, the others are restored once and tried, and if that was in vain I/O fails
 * @members:	what the daemon knows of the paths; those that lead to another LUN leave, and are
 * 		never restored
 *
 * Return: enum taste_reaction, negative errno (said).
 */
int taste_react(struct engine *engine, const char *wwid, enum taste_verdict verdict,
		const struct member *members, size_t member_count);
