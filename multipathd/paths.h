/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* paths.h - the daemon's set of paths: found, identified, filtered, dropped.  For: the daemon's loop. */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct daemon;
struct inventory;
struct daemon_path;
struct mp_props;

/**
 * paths_take() - a device exists (enumerated, or its event came): identify it, or identify it again
 * @dir:	its sysfs directory
 * @props:	of the event, NULL: read udev's database
 * @by_operator:	`add path`: also orphans of a removed map
 *
 * Return: 1 it is a path of ours now (or was before), 0 not ours (filtered), negative errno.
 */
int paths_take(struct daemon *daemon, dev_t devt, const char *name, const char *dir, const struct mp_props *props,
	       bool by_operator);

/** paths_look_again() - a change event without news: what sysfs shows of it may be another thing all the same */
void paths_look_again(struct daemon_path *path, const struct mp_props *props);

/** paths_is_renamed() - has udev read another name from its VPD page 0x83 than before? */
bool paths_is_renamed(const struct daemon_path *path, const struct mp_props *props);

/** paths_drop() - the device is gone, or nobody wants it; its map is reconciled without it */
void paths_drop(struct daemon_path *path, const char *reason);

/** paths_enumerate() - every disk of the system */
int paths_enumerate(struct daemon *daemon);

/** paths_resolve_settings() - after a reconfigure: checker, prioritizer, filters by the new configuration. Return: as paths_take() */
int paths_resolve_settings(struct daemon_path *path);

/** paths_wrong_wwid() - the device answers with another WWID than is @expected of it: it gets no I/O any more */
void paths_wrong_wwid(struct daemon_path *path, const char *told, const char *expected);

/** paths_told_vpd_data() - the device told this of itself on a page of its vendor's */
void paths_told_vpd_data(struct daemon_path *path, const char *text);

/** paths_told_proof() - the name that the device tells, or is to tell, for the first time. Without memory it is not kept. */
void paths_told_proof(struct daemon_path *path, const char *name);

/** paths_told_wwid() - a path without WWID: the device itself told this one. The path may be gone afterwards. */
void paths_told_wwid(struct daemon_path *path, const char *wwid);

/** paths_told_kind() - the device has VPD page 0xC9 of RDAC arrays, NVMe's ANA: 1, 0, negative: it was not asked */
void paths_told_kind(struct daemon_path *path, int rdac, int ana);

/** paths_told_priority() - the first answer: one that ALUA devices do not give shows that the device is none */
void paths_told_priority(struct daemon_path *path, int priority);

/** paths_disconnected() - the target has no such LUN any more: purge_disconnected has the kernel forget the device */
void paths_disconnected(struct daemon_path *path);

/** paths_told_read_only() - the device itself told whether it is write-protected */
void paths_told_read_only(struct daemon_path *path, bool read_only);

/** paths_on_missing_udev() - udev had its time to find a WWID: ask it again, or do without it */
void paths_on_missing_udev(struct daemon_path *path);

void paths_free_all(struct daemon *daemon);
