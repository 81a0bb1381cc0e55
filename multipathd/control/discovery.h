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
struct inspections_callbacks;
struct inventory;
struct daemon_path;
struct mp_props;
struct mp_reading;

/* A device as sysfs and udev's database have it now. */
struct discovered {
	const struct mp_identity *identity; /* its WWID is "" if there is none */
	const char *dir; /* in sysfs */
	const struct mp_props *props; /* NULL: udev has no record of it */
	bool event; /* udev reports that something has happened to it */
	bool by_operator; /* `add path`, or all settings are resolved again */
	bool fallback; /* udev had its time to find a WWID */
	bool unnamed; /* the WWID of the path's map is none of the device's names any more */
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

/** discovery_ask() - inspections_ask() for a path. Return: 0, -ENOMEM. */
int discovery_ask(const struct daemon_path *path, unsigned reasons);

/**
 * discovery_prepare() - what is to be read of a device
 * @reading:	names it; what it asks for is set here
 * @reasons:	of enum inspection_reason
 *
 * Return: false if nothing needs to be read.
 */
bool discovery_prepare(struct daemon *daemon, struct mp_reading *reading, unsigned reasons);

/**
 * discovery_take() - a device has been read: find out what it is, possibly again
 * @reading:	its texts may be changed
 *
 * Return: 1 if it is now a path (or already was), 0 if it is filtered out, negative errno.
 */
int discovery_take(struct daemon *daemon, struct mp_reading *reading, unsigned reasons);

/* discovery_prepare() and discovery_take(), for inspections */
extern const struct inspections_callbacks discovery_inspects;

/** discovery_note_props() - record what udev's properties say of a path that stays the same */
void discovery_note_props(struct daemon_path *path, const struct mp_props *props);

/**
 * discovery_is_renamed() - Return: true if udev has read another name from VPD page 0x83 than
 * before
 */
bool discovery_is_renamed(const struct daemon_path *path, const struct mp_props *props);

/** discovery_drop() - the device is gone or no longer a path; its map is reconciled without it */
void discovery_drop(struct daemon_path *path, const char *reason);

/**
 * discovery_resolve_settings() - after a reconfigure: checker and prioritizer of the new
 * configuration. Its filters apply when the path is read again (INSPECT_RESOLVED).
 */
void discovery_resolve_settings(struct daemon_path *path);

/**
 * discovery_wrong_wwid() - the device reports another WWID than @expected: stop its I/O
 */
void discovery_wrong_wwid(struct daemon_path *path, const char *told, const char *expected);

/**
 * discovery_told_vpd_data() - record the text that the device reported on a vendor-specific VPD
 * page
 */
void discovery_told_vpd_data(struct daemon_path *path, const char *text);

/**
 * discovery_told_proof() - record the name that the device reports, or must report, when it is
 * first known. If out of memory, it is not recorded.
 */
void discovery_told_proof(struct daemon_path *path, const char *name);

/**
 * discovery_told_wwid() - the device itself has reported the WWID of a path without one. The path
 * may be freed.
 */
void discovery_told_wwid(struct daemon_path *path, const char *wwid);

/**
 * discovery_told_kind() - record whether the device has VPD page 0xC9 of RDAC arrays or NVMe ANA: 1
 * yes, 0 no, negative: it was not asked
 */
void discovery_told_kind(struct daemon_path *path, int rdac, int ana);

/**
 * discovery_told_priority() - the first priority: an answer that no ALUA device gives shows that
 * the device does not support ALUA
 */
void discovery_told_priority(struct daemon_path *path, int priority);

/**
 * discovery_disconnected() - the LUN no longer exists at the target: with purge_disconnected,
 * delete the device
 */
void discovery_disconnected(struct daemon_path *path);

/** discovery_told_read_only() - record whether the device reports itself as write-protected */
void discovery_told_read_only(struct daemon_path *path, bool read_only);

/**
 * discovery_on_missing_udev() - udev has not provided a WWID in time: retrigger it, or continue
 * without
 */
void discovery_on_missing_udev(struct daemon_path *path);

/** discovery_free_all() - free all paths, at the end */
void discovery_free_all(struct daemon *daemon);
