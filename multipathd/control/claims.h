/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claims.h - whether the configuration allows a map, and whether a device belongs to one.  For: the
 * daemon's control and commands.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct daemon_map;
struct inventory;
struct mp_trace;

/**
 * claims_allow() - Return: true if the configuration allows the map; @reason: constant; @trace: may
 * be NULL
 */
bool claims_allow(const struct daemon_map *map, const char **reason, struct mp_trace *trace);

/** claims_is_coming() - Return: true if the map does not exist, but is allowed and has paths */
bool claims_is_coming(const struct daemon_map *map);

/**
 * claims_by_label() - Return: true if the disk has a label known to gmultipath, so that it has a
 * map managed by gmultipath or will get one. Reads sysfs.
 */
bool claims_by_label(const struct inventory *inventory, dev_t devt);

enum claim {
	CLAIM_LOST, /* the device is gone, or leads to another LUN */
	CLAIM_AWAITED, /* the daemon has not found it yet */
	CLAIM_DISOWNED, /* by configuration it is no path, or one of another map */
};

/**
 * claims_of_device() - does a device in the table of a map without paths lead to the map's LUN,
 * according to sysfs and udev's database?
 */
enum claim claims_of_device(const struct inventory *inventory, dev_t devt, const char *wwid);

/**
 * claims_of_map() - the best claim of the devices in the table of a map without paths
 */
enum claim claims_of_map(const struct daemon_map *map);

/**
 * claims_leave_alone() - Return: true if the configuration does not allow the map or its paths, or
 * if its paths have not been found yet
 *
 * While such a map is in use, its queueing and its group are not changed.
 */
bool claims_leave_alone(const struct daemon_map *map);
