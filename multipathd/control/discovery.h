/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * discovery.h - the daemon's set of paths: found, identified, filtered, dropped.  For: the daemon's
 * loop.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/state.h"

struct daemon;
struct inventory;
struct daemon_path;
struct mp_props;

/* A device as sysfs and udev's database have it now. */
struct discovered {
	const struct mp_identity *identity; /* its WWID is "" if there is none */
	const char *dir; /* in sysfs */
	const struct mp_props *props; /* NULL: udev has no record of it */
	bool event; /* udev reports that something has happened to it */
	bool by_operator; /* `add path`, or all settings are resolved again */
	bool fallback; /* udev had its time to find a WWID */
};

/* What it is to the path of its device number. */
enum discovery_fate {
	DISCOVERY_NEW, /* there is none */
	DISCOVERY_SAME,
	DISCOVERY_RENUMBERED, /* the number was another device's */
	DISCOVERY_OTHER_WWID, /* it leads to another LUN now */
};

/* When it is checked, and how much its answer counts. */
enum discovery_check {
	DISCOVERY_CHECK_NONE, /* in its turn */
	DISCOVERY_CHECK_FIRST,
	DISCOVERY_CHECK_DOUBT, /* it has to prove again which LUN it is */
	DISCOVERY_CHECK_ALL, /* it is asked for all that is kept of it */
	DISCOVERY_CHECK_SOON,
};

struct discovery {
	enum discovery_fate fate;
	bool joins; /* the map of its WWID */
	enum mp_init_state init; /* without a WWID: what is done about that; else MP_INIT_NEW */
	enum discovery_check check;
};

/**
 * discovery_judge() - what follows for a device that the filters let through; changes nothing
 * @path:	of its device number, NULL: none
 */
struct discovery discovery_judge(const struct daemon_path *path, const struct discovered *found);

/** discovery_apply() - do what follows from it. Return: 1 or -ENOMEM. */
int discovery_apply(struct daemon *daemon, struct daemon_path *path,
		    const struct discovered *found);

/**
 * discovery_take() - a device exists (enumerated, or its event came): identify it, or identify it
 * again
 * @dir:	its sysfs directory
 * @props:	of the event, NULL: read udev's database
 * @by_operator:	`add path`: also orphans of a removed map
 *
 * Return: 1 it is a path of ours now (or was before), 0 not ours (filtered), negative errno.
 */
int discovery_take(struct daemon *daemon, dev_t devt, const char *name, const char *dir,
		   const struct mp_props *props, bool by_operator);

/**
 * discovery_look_again() - a change event without news: what sysfs shows of it may be another thing
 * all the same
 */
void discovery_look_again(struct daemon_path *path, const struct mp_props *props);

/** discovery_is_renamed() - has udev read another name from its VPD page 0x83 than before? */
bool discovery_is_renamed(const struct daemon_path *path, const struct mp_props *props);

/** discovery_drop() - the device is gone, or nobody wants it; its map is reconciled without it */
void discovery_drop(struct daemon_path *path, const char *reason);

/** discovery_enumerate() - every disk of the system */
int discovery_enumerate(struct daemon *daemon);

/**
 * discovery_resolve_settings() - after a reconfigure: checker, prioritizer, filters by the new
 * configuration. Return: as discovery_take()
 */
int discovery_resolve_settings(struct daemon_path *path);

/**
 * discovery_wrong_wwid() - the device answers with another WWID than is @expected of it: it gets no
 * I/O any more
 */
void discovery_wrong_wwid(struct daemon_path *path, const char *told, const char *expected);

/** discovery_told_vpd_data() - the device told this of itself on a page of its vendor's */
void discovery_told_vpd_data(struct daemon_path *path, const char *text);

/**
 * discovery_told_proof() - the name that the device tells, or is to tell, for the first time.
 * Without memory it is not kept.
 */
void discovery_told_proof(struct daemon_path *path, const char *name);

/**
 * discovery_told_wwid() - a path without WWID: the device itself told this one. The path may be
 * gone afterwards.
 */
void discovery_told_wwid(struct daemon_path *path, const char *wwid);

/**
 * discovery_told_kind() - the device has VPD page 0xC9 of RDAC arrays, NVMe's ANA: 1, 0, negative:
 * it was not asked
 */
void discovery_told_kind(struct daemon_path *path, int rdac, int ana);

/**
 * discovery_told_priority() - the first answer: one that ALUA devices do not give shows that the
 * device is none
 */
void discovery_told_priority(struct daemon_path *path, int priority);

/**
 * discovery_disconnected() - the target has no such LUN any more: purge_disconnected has the kernel
 * forget the device
 */
void discovery_disconnected(struct daemon_path *path);

/** discovery_told_read_only() - the device itself told whether it is write-protected */
void discovery_told_read_only(struct daemon_path *path, bool read_only);

/**
 * discovery_on_missing_udev() - udev had its time to find a WWID: ask it again, or do without it
 */
void discovery_on_missing_udev(struct daemon_path *path);

void discovery_free_all(struct daemon *daemon);
