/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * inventory.h - all paths and all maps, and the configuration that they are seen by.  For: whoever
 * decides about them.
 *
 * It needs no process around it: a daemon has one, multipath(8) fills one and ends, a rehearsal
 * makes one of copies, and so does a test. Nothing here is ever seen by a worker.
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

/* What the command line asked for, and facts about the program. */
struct inventory_options {
	bool read_only_bindings; /* -B */
	bool dry_run; /* multipath -d: plan, and do nothing */
	bool rehearsal; /* copies, of which nothing is told */
	bool create; /* multipath(8): may maps be made or changed at all */
	bool check; /* run checkers and prioritizers */
	bool force_reload; /* multipath -r */
	bool keeps_existing; /* multipath(8): maps that exist are left alone */
	bool waits_for_ever; /* for locks of other programs, and for operations that hang */
	/*
	 * a load is one call, which cannot be called off: after a kill no one would resume the map
	 */
	bool loads_whole;
	/*
	 * operations on tables in one lane: udev is waited for by one cookie, which is a thread's
	 */
	bool one_lane;
	bool reports_changes; /* map.action names reloads and renames, too */
	/* a leftover (control/leftovers.h) counts as an operation, until its first repair ended */
	bool awaits_leftovers;
	/*
	 * multipath(8), without -q and a daemon: nobody would end it when paths come back, or never
	 * do
	 */
	bool no_queueing;
	bool all_foreign; /* multipath -e */
	int grouping; /* multipath -p, -1 none */
	const char *only_wwid; /* multipath DEVICE: touch no other map */
	int verbosity; /* of the command line, -1 none */
	bool ignore_wwids; /* multipath -i */
};

struct inventory {
	struct inventory_options options;
	const struct duties *duties; /* the row of none if the owner has none */
	struct daemon *daemon; /* whose it is; NULL: nobody's, nothing can be asked of workers */

	struct mp_config *config;
	const struct mp_process_settings *process; /* of config */
	bool config_incomplete; /* its files were read as well as could be */
	struct mp_bindings *bindings;
	bool bindings_dirty; /* they are to be written */
	/* the file could not be written: no new names until the next reconfigure */
	bool bindings_broken;
	struct mp_wwids *wwids;
	char *prkeys; /* text of the file, NULL if empty */
	struct mp_strbuf geom_notes; /* config/geom_notes.h: what lasts */
	struct mp_dm_listed *listed; /* all dm devices, as of the last look */
	size_t listed_count;

	struct cds_list_head paths; /* of struct mp_path.in_all, by discovery */
	size_t path_count;
	uint64_t last_path_id;
	struct mp_hash paths_by_id, paths_by_devt, paths_by_name;
	unsigned unanswered; /* paths whose first answer is awaited */

	struct cds_list_head maps; /* of struct mp_map.in_all */
	size_t map_count;
	const struct map_kinds *kinds; /* constant: the row of each new map is one of them */
	unsigned by_table_count; /* maps that took their paths by table */
	struct mp_hash maps_by_wwid, maps_by_name;
	struct cds_list_head dirty; /* maps to be reconciled */
	/* one was added to them; NULL: nobody reconciles */
	void (*on_marked)(struct inventory *inventory);
	bool has_elsewhere; /* a path waits for the table of another map to let go of it */
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
 * inventory_fini() - of one without paths and maps; configuration, bindings and the like are its
 * owner's
 */
void inventory_fini(struct inventory *inventory);

/** inventory_name_is_foreign() - a dm device that is not of @wwid has this name */
bool inventory_name_is_foreign(const struct inventory *inventory, const char *name,
			       const char *wwid);

/** inventory_wake() - have marked maps looked at, also if none was marked just now */
void inventory_wake(struct inventory *inventory);
