/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inventory.h - all paths and maps, and the configuration in force.  For: the daemon's rooms.
 *
 * It does not depend on a process: a daemon has one, multipath(8) fills one and exits, a rehearsal
 * and a test fill one with copies. Workers never access it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <urcu/list.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "config/bindings.h"
#include "config/config.h"
#include "config/wwids.h"

struct daemon;
struct duties;
struct map_kinds;
struct mp_dm_listed;
struct mp_map;

/* Policies that the owner chooses once: decisions read them, not which program they run in. */
struct inventory_options {
	bool read_only_bindings; /* the bindings file is not changed */
	bool dry_run; /* plan, and do nothing */
	bool rehearsal; /* copies: nothing is logged about them */
	bool create; /* maps that do not exist may be created */
	bool check; /* run checkers and prioritizers */
	bool force_reload; /* reload maps even if nothing differs */
	bool keeps_existing; /* maps that exist are left alone, unless reloads are forced */
	bool waits_for_ever; /* for locks of other programs, and for operations that hang */
	/*
	 * a load is a single call, which cannot be canceled: after a kill nothing would resume the
	 * map
	 */
	bool loads_whole;
	/*
	 * operations on tables in one lane: one udev cookie, which belongs to a thread, is waited
	 * for
	 */
	bool one_lane;
	bool reports_changes; /* map.action names reloads and renames, too */
	bool lists_faults; /* what a check finds is for the listing that follows: no notice of it */
	/*
	 * a leftover (control/leftovers.h) counts as an operation until its first repair has
	 * finished
	 */
	bool awaits_leftovers;
	bool no_queueing; /* no map queues: without a daemon, queueing would never end */
	bool all_foreign; /* listings include all devices that the kernel multipaths natively */
	int grouping; /* overrides path_grouping_policy; -1: does not */
	const char *only_wwid; /* touch no other map; NULL: touch all */
	int verbosity; /* from the command line, -1 none */
	bool ignore_wwids; /* maps may be created regardless of the wwids file */
};

struct inventory {
	struct inventory_options options;
	const struct duties *duties; /* the row of none if the owner has none */
	struct daemon *daemon; /* owner; NULL: none, and no jobs can be started */

	struct mp_config *config;
	const struct mp_process_settings *process; /* of config */
	bool config_incomplete; /* its files were damaged and could be read only in part */
	struct mp_bindings *bindings;
	bool bindings_dirty; /* they must be written */
	/* the file could not be written: no new names until the next reconfigure */
	bool bindings_broken;
	struct mp_wwids *wwids;
	char *prkeys; /* text of the file, NULL if empty */
	struct mp_strbuf geom_notes; /* config/geom_notes.h: the persistent notes */
	bool geom_notes_incomplete; /* the file could not be read */
	unsigned geom_notes_version; /* how often they were read */
	struct mp_dm_listed *listed; /* all dm devices, as of the last look */
	size_t listed_count;

	struct cds_list_head paths; /* of struct mp_path.in_all, by discovery */
	size_t path_count;
	uint64_t last_path_id;
	struct mp_hash paths_by_id, paths_by_devt, paths_by_name;
	struct mp_hash paths_by_wwid; /* those that have one */
	unsigned unanswered; /* paths without a first answer */
	struct cds_list_head rports; /* of struct rport.in_all: state/rports.h */
	struct mp_hash rports_by_address;

	struct cds_list_head maps; /* of struct mp_map.in_all */
	size_t map_count;
	const struct map_kinds *kinds; /* constant: the row of each new map is one of them */
	unsigned by_table_count; /* maps that took their paths by table */
	struct mp_hash maps_by_wwid, maps_by_name;
	struct cds_list_head dirty; /* maps to be reconciled */
	/* of them, those that the pass in progress has not come to yet; by in_dirty, too */
	struct cds_list_head reconciling;
	/* maps with disks that were read, by disks.in_read; those being read, too */
	struct cds_list_head disks_read;
	uint64_t disk_readings; /* so far */
	/* called when one was added; NULL: maps are not reconciled */
	void (*on_marked)(struct inventory *inventory);
	bool has_elsewhere; /* a path waits until another map's table has dropped it */
	/* maps that may have strangers (mp_map_has_strangers()), if strange_known: mostly none */
	struct mp_map **strange;
	size_t strange_count;
	bool strange_known;
};

/**
 * inventory_init() - empty, without configuration. The thread must be registered
 * (mp_hash_register_thread()). @duties: NULL: none. Return: 0 or -ENOMEM.
 */
int inventory_init(struct inventory *inventory, const struct inventory_options *options,
		   const struct map_kinds *kinds, const struct duties *duties);

/**
 * inventory_fini() - free an inventory without paths and maps; configuration, bindings and the like
 * belong to its owner
 */
void inventory_fini(struct inventory *inventory);

/**
 * inventory_name_is_taken() - Return: true if a dm device other than the map of @wwid has this
 * name
 */
bool inventory_name_is_taken(const struct inventory *inventory, const char *name, const char *wwid);

/** inventory_wake() - have marked maps reconciled, even if none was marked just now */
void inventory_wake(struct inventory *inventory);
