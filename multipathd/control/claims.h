/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * claims.h - whether the configuration allows a map, and whether a device belongs to one.  For: the
 * daemon's control and commands.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

struct daemon_map;
struct holdings_job;
struct inventory;
struct mp_props;
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
 * map managed by gmultipath or will get one
 * @scanned:	its own WWID as of its last scan (taste_wwid()); NULL: it was not read
 */
bool claims_by_label(const struct inventory *inventory, const char *scanned);

/**
 * claims_await_paths() - Return: true if the map depends on what a worker has not read of its paths
 * yet: serial numbers to group by, or their own WWIDs to compare with labels
 */
bool claims_await_paths(const struct daemon_map *map);

/**
 * claims_may_go_without() - Return: true if the map may be planned without that. A new map may not:
 * gmultipath's label on one of its disks would be overlooked.
 */
bool claims_may_go_without(const struct daemon_map *map);

/* What a device in the table of a map is to it, by what a worker has read. */
enum claim {
	CLAIM_LOST, /* the device is gone, or leads to another LUN */
	CLAIM_DISOWNED, /* by configuration it is no path, or one of another map */
	CLAIM_AWAITED, /* the daemon has not found it yet */
	CLAIM_UNREAD, /* it is not known yet: nothing is decided that could lose data */
};

/**
 * claims_of_device() - does a device in the table of a map lead to the map's LUN, according to
 * sysfs and udev's database as they were read? From memory.
 */
enum claim claims_of_device(const struct daemon_map *map, dev_t devt);

/**
 * claims_of_map() - the greatest claim of the devices in the table of a map without paths
 */
enum claim claims_of_map(const struct daemon_map *map);

/** claims_leads() - by sysfs and udev. @named: as mp_probe_page_names(); @known: NULL: no record */
bool claims_leads(const char *wwid, int named, const struct mp_props *known);

/** claims_are_unread() - Return: true if the disks in its table must be read before it is decided
 */
bool claims_are_unread(const struct daemon_map *map);

/** claims_ask() - mark the map: its reconciliation has them read */
void claims_ask(struct daemon_map *map);

/** claims_begin() - a worker reads them from now on, as number map->disks.number */
void claims_begin(struct daemon_map *map);

/** claims_take() - its answer. It is dropped if something has happened to one of them since. */
void claims_take(struct daemon_map *map, const struct holdings_job *job);

/** claims_forget_disk() - an event of the disk: what was read, or is being read, no longer counts
 */
void claims_forget_disk(struct inventory *inventory, dev_t devt);

/** claims_forget_all() - of all disks: another configuration, or lost events */
void claims_forget_all(struct inventory *inventory);

/**
 * claims_leave_alone() - Return: true if the configuration does not allow the map or its paths, or
 * if its paths have not been found yet
 *
 * While such a map is in use, its queueing and its group are not changed.
 */
bool claims_leave_alone(const struct daemon_map *map);
