/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * discovery.h - the daemon's set of paths: found, changed, dropped.  For: the daemon's
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
struct mp_identity;
struct mp_props;

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

/**
 * discovery_note_props() - an event without news: record what udev's properties say of the path
 *
 * Return: false if the daemon has asked for the event itself: nothing else has changed.
 */
bool discovery_note_props(struct daemon_path *path, const struct mp_props *props);

/**
 * discovery_is_renamed() - Return: true if udev has read another name from VPD page 0x83 than
 * before
 */
bool discovery_is_renamed(const struct daemon_path *path, const struct mp_props *props);

/** discovery_choose() - settings, checker and prioritizer, by what is known of the path now */
void discovery_choose(struct daemon_path *path);

/**
 * discovery_identified() - the WWID is known, and the filters accept the path: it joins its map
 *
 * Return: as membership_join()
 */
int discovery_identified(struct daemon_path *path, bool by_operator);

/** discovery_changed() - the same device, as it is now; marks its map for what differs */
void discovery_changed(struct daemon_path *path, const struct mp_identity *new);

/** discovery_drop() - the device is gone or no longer a path; its map is reconciled without it */
void discovery_drop(struct daemon_path *path, const char *reason);

/**
 * discovery_resolve_settings() - after a reconfigure: checker and prioritizer of the new
 * configuration. Its filters apply when the path is read again (INSPECT_RESOLVED).
 */
void discovery_resolve_settings(struct daemon_path *path);

/** discovery_free_all() - free all paths, at the end */
void discovery_free_all(struct daemon *daemon);
