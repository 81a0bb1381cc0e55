/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claims.h - which maps and paths the configuration wants, and whose a device is.  For: the
 * daemon's control and commands.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct daemon_map;
struct inventory;
struct mp_trace;

/**
 * claims_allow() - does the configuration want the map? @reason: constant; @trace: an account, or
 * NULL
 */
bool claims_allow(struct daemon_map *map, const char **reason, struct mp_trace *trace);

/** claims_is_coming() - it does not exist, but is wanted and has paths */
bool claims_is_coming(struct daemon_map *map);

/**
 * claims_by_label() - is a label of this disk's known, so that it has a map of gmultipath's or is
 * to have one? Reads sysfs.
 */
bool claims_by_label(const struct inventory *inventory, dev_t devt);

enum claim {
	CLAIM_FOREIGN, /* it is gone, or leads elsewhere */
	CLAIM_AWAITED, /* the daemon is about to take it */
	CLAIM_DISOWNED, /* the configuration has it for another LUN's path, or for none */
};

/**
 * claims_of_device() - a device of the table of a map that has no paths: is it the map's LUN, by
 * sysfs and udev's database?
 */
enum claim claims_of_device(const struct inventory *inventory, dev_t devt, const char *wwid);

/**
 * claims_of_map() - what becomes of a map without paths, by the best of the devices of its table
 */
enum claim claims_of_map(struct daemon_map *map);

/**
 * claims_leave_alone() - a map that the configuration does not want, or whose paths it does not, or
 * that awaits them
 *
 * Who uses it has it as it is, so that neither its queueing nor its group is changed.
 */
bool claims_leave_alone(struct daemon_map *map);
