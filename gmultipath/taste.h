/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* taste.h - maps that labels on disks make by themselves, and paths that come and go.  For: gmultipath's verbs, the daemon's workers. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "gmultipath/engine.h"

/** taste_loaded() - may labels make maps? (`load`, `unload`; yes unless said otherwise) */
bool taste_loaded(const struct engine *engine);

/**
 * taste_disk() - one disk, if it has a label: it joins the map of its UUID, which is made if need be
 * @accept:	labels of unknown UUIDs, too (`load`)
 *
 * Return: 1 it joined, 0 it has none, or not one that is to be followed, negative errno (said).
 */
int taste_disk(struct engine *engine, const struct provider *provider, bool accept);

/** taste_all() - every whole disk. Return: how many joined. */
int taste_all(struct engine *engine, bool accept);

/** taste_same_disk() - do both say that they are the same LUN, as far as they say anything? */
bool taste_same_disk(dev_t a, dev_t b);

/** taste_join() - a path more. Return: 0, negative errno (said) */
int taste_join(struct engine *engine, const struct mp_geom *geom, const struct provider *provider);

/** taste_leave() - a path less; with the last one the map goes */
int taste_leave(struct engine *engine, const struct mp_geom *geom, size_t path);

enum taste_reaction {
	TASTE_NOTHING, /* all is as it should be */
	TASTE_CHANGED,
	TASTE_RESTORED,
};

/**
 * taste_react() - a map after a path failed, came back or departed: paths that are gone leave; when no good one is left, the others
 * are restored once and tried, and if that was in vain I/O fails
 * @may_restore:	the last time is long enough ago
 *
 * Return: enum taste_reaction, negative errno (said).
 */
int taste_react(struct engine *engine, const char *wwid, bool may_restore);
