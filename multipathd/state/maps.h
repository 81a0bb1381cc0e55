/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * maps.h - the set of maps: state, lookups and marks. Nothing is started or decided here.  For: the
 * daemon's rooms.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <urcu/list.h>

#include "config/prkeys.h"
#include "model/map.h"

struct daemon_map;
struct daemon_path;
struct inventory;
struct mp_identity;
struct table_job;

/* A request that waits for the reconciliation of a map, or the reinstatement of a path. */
struct waiter {
	uint64_t request;
	bool without_map; /* the request succeeds even if no map results */
	struct cds_list_head in_waiters; /* of a map, or of a path */
};

enum reservation_flag { RESERVATION_UNKNOWN, RESERVATION_UNSET, RESERVATION_SET };

/* Of a map. */
struct reservation {
	struct mp_prkey key; /* 0 none */
	enum reservation_flag registered; /* getprstatus */
	enum reservation_flag held; /* getprhold */
	/* the array no longer had the key, and nothing has been registered since */
	bool lost;
	bool resolved; /* the key is as settings and file say */
	bool expected; /* it was in the file before the daemon had the map: it was registered */
	uint64_t last_key; /* before there was none; 0: never another one */
	/* was unregistered, perhaps not on paths that were down or are added later; 0 none */
	uint64_t former_key;
	time_t registered_since, held_since; /* those flags, by the clock of the log; 0 unknown */
	unsigned registering; /* running commands that register it */
	unsigned epoch; /* increased by each of them: answers to earlier checks are old */
};

/*
 * What differs between reconciled maps (control/reconcile.c) and those managed by gmultipath
 * (control/geoms.c): a constant row each. No other file needs to know which kind a map is.
 */
struct map_kind {
	/* the daemon changes its table, queueing and path group on its own */
	bool managed;
	/* its paths are those in its table, regardless of WWID; otherwise all paths of its WWID */
	bool paths_by_table;
	/* it queues only while a daemon can restore its paths: queue_without_daemon is ignored */
	bool queues_only_watched;
	/*
	 * A path that failed I/O is not checked again before its polling interval has passed: a
	 * request that fails on every path must run out of paths.
	 */
	bool failed_paths_rest;

	/* its kernel table was found or read again */
	void (*on_table)(struct daemon_map *map);
	/* a path was discovered that its table already has; NULL unless paths_by_table */
	void (*on_joined)(struct daemon_map *map, struct daemon_path *path);
	/* after on_table, path states compared; @io_failed: a path that was good failed I/O */
	void (*on_states)(struct daemon_map *map, bool io_failed);
	/* it was marked (maps_touch()); settings and path groups are up to date */
	void (*on_touched)(struct daemon_map *map);
	/* its kernel device is gone; frees the map */
	void (*on_gone)(struct daemon_map *map);
};

/* The rows that an inventory gives its maps. */
struct map_kinds {
	const struct map_kind *reconciled;
	const struct map_kind *geom; /* for maps whose WWID is in gmultipath's format */
};

/* A device in the table of a map, as sysfs and udev's database had it. */
struct map_disk {
	dev_t devt;
	bool leads; /* to the map's LUN */
	bool rejected; /* the configuration does not accept it as a path */
};

/* Those of a map without paths, or of one that may keep a path which has another WWID now. */
struct map_disks {
	struct map_disk *disks;
	size_t count;
	uint64_t number; /* of the reading that counts; 0 none */
	bool asked; /* a worker reads them */
	bool wanted; /* although the map has paths */
	struct cds_list_head in_read; /* of inventory->disks_read, if there are disks or asked */
};

struct daemon_map {
	struct mp_map map;
	const struct map_kind *kind;
	struct inventory *inventory;
	struct cds_list_head in_dirty; /* of inventory->dirty */
	bool dirty;
	unsigned busy; /* running operations on its table */
	struct table_job *loading; /* the one that loads a table, NULL none */
	bool naming; /* it gets its name once its binding is on disk */
	bool named;
	bool name_told; /* logged: its configured name is taken */
	bool binding_told; /* logged: the bindings file disagrees with its name */
	/* the last one, which is not kept when the configuration has none any more */
	char *configured_alias;
	bool keep_uncreated; /* removed by the operator: not created again automatically */
	bool force_reload;
	bool regroup; /* reload for failback, unless it would change nothing */
	enum mp_auto_resize resize; /* asked for, and not compared with its paths since */
	bool removing;
	bool queue_sent; /* last queue message: queue_if_no_path */
	bool queue_known;
	bool not_ready_in_udev;
	bool detect_grouping, detect_grouping_by_tpg, groups_by_prio;
	bool forced; /* requested by the operator: find_multipaths does not apply */
	/* number of the read of the wwids file that decides whether it may be created; 0 none */
	uint64_t wwids_awaited;
	bool wwids_read; /* that read is done: the next reconciliation decides */
	bool wwid_removed; /* removed from the wwids file while the map exists: not added again */
	bool removal_tried; /* without success */
	bool emptied; /* the operator removed paths from it */
	struct map_disks disks; /* control/claims.h */
	bool reads_paths; /* waits for what a worker reads of its paths: control/claims.h */
	bool look_skipped; /* a look found it busy, and must be repeated */
	bool awaits_proof; /* a load waits for a path with a proven identity */
	bool futile; /* logged: the kernel table differs from the one loaded */
	char *loaded, *loaded_as; /* last table loaded, and as the kernel showed it then */
	unsigned retry_sec; /* pause before the next removal */
	unsigned load_failures;
	unsigned ordered; /* messages to it that are under way */
	/*
	 * of the table and of what messages change: a status read before an operation or a message
	 * is not taken after it
	 */
	uint64_t generation;
	/*
	 * path that came up: the group in use must be read before failback is decided; 0 none
	 */
	uint64_t came_up_id;
	/* id of the path that owns the LUN and was refused I/O by it; 0 none */
	uint64_t refused_path;
	uint64_t prio_asking; /* id of the path whose check reads the priorities of all; 0 none */
	uint64_t prio_asked_usec;
	/* of its paths, kept for when it has none; NULL if it never had one */
	struct mp_identity *reference;
	bool by_table; /* counted in inventory->by_table_count */
	bool read_again; /* at the next look, regardless of its event number */
	bool reacting, react_again, io_failed, had_wrong_lun;
	uint64_t restored_usec; /* when its paths were restored after the last good one failed; 0
				   never */
	sd_event_source *udev_timer; /* limits the wait for the creation event */
	sd_event_source *ghost_timer; /* ghost_delay runs */
	sd_event_source *queue_timer;
	sd_event_source *failback_timer;
	sd_event_source *retry_timer; /* after a failed creation */
	struct reservation reservation;
	struct cds_list_head waiters;
};

/** daemon_map_of() - the daemon's object around the model's map */
static inline struct daemon_map *daemon_map_of(const struct mp_map *map)
{
	return caa_container_of(map, struct daemon_map, map);
}

/** maps_has_paths() - true if at least one path is known */
static inline bool maps_has_paths(const struct daemon_map *map)
{
	return map->map.paths.next != &map->map.paths;
}

/**
 * maps_new() - a map without a table; the caller resolves its settings. Return: 0, -ENOMEM,
 * -ENAMETOOLONG.
 */
int maps_new(struct inventory *inventory, const char *wwid, struct daemon_map **ret);

/** maps_free() - its paths become orphans; no request may be waiting for it */
void maps_free(struct daemon_map *map);

/** maps_find_wwid(), maps_find_name() - borrowed; NULL if there is none */
struct daemon_map *maps_find_wwid(const struct inventory *inventory, const char *wwid);
struct daemon_map *maps_find_name(const struct inventory *inventory, const char *name);
struct daemon_map *maps_find_minor(const struct inventory *inventory, unsigned minor);

/**
 * maps_find() - as named in commands: dm-N, alias or WWID, with or without /dev/ or /dev/mapper/
 */
struct daemon_map *maps_find(const struct inventory *inventory, const char *text);

/**
 * maps_find_known() - by name, WWID, bound or configured alias; includes maps that are not in the
 * kernel
 */
struct daemon_map *maps_find_known(const struct inventory *inventory, const char *text);

/**
 * maps_find_holder() - the map other than @own whose kernel table contains the device; NULL if
 * none, or if @own contains it
 */
const struct mp_map *maps_find_holder(struct inventory *inventory, const struct mp_map *own,
				      dev_t devt);

/**
 * maps_find_by_table() - the map that takes its paths by table (struct map_kind) and has @devt in
 * it; NULL: none
 */
struct daemon_map *maps_find_by_table(const struct inventory *inventory, dev_t devt);

/** maps_forget_strange() - a path has left a map whose table contains it */
void maps_forget_strange(struct inventory *inventory);

/** maps_touch() - mark a map to be reconciled; @reason: constant, for the log */
void maps_touch(struct daemon_map *map, const char *reason);

/** maps_set_disks() - what was read of the disks in its table; takes @disks, NULL: nothing */
void maps_set_disks(struct daemon_map *map, struct map_disk *disks, size_t count);

/** maps_find_disk() - what was read of it; NULL: it was not */
const struct map_disk *maps_find_disk(const struct daemon_map *map, dev_t devt);

/** maps_rename() - in memory; the map keeps its name if out of memory */
void maps_rename(struct daemon_map *map, const char *name);

/**
 * maps_is_taken() - mp_name_taken_fn of an inventory. Return: true if a dm device other than the
 * map of @wwid has that name
 */
bool maps_is_taken(void *inventory, const char *name, const char *wwid);

/**
 * maps_wait() - @request is answered when the next reconciliation of the map is done
 * @without_map:	the answer is "ok" even if there will be no map
 *
 * Return: 0, -ENOMEM.
 */
int maps_wait(struct daemon_map *map, uint64_t request, bool without_map);

/**
 * maps_reference() - identity of the path whose hardware entry applies to the map, NULL if it has
 * no path and never had one
 */
const struct mp_identity *maps_reference(const struct daemon_map *map);

/**
 * maps_remember() - set the path whose hardware entry applies to the map while it has no path
 * (mainly for no_path_retry). NULL: as before
 */
void maps_remember(struct daemon_map *map, const struct mp_identity *reference);

/**
 * maps_on_leaving() - a path is about to leave its map, if it has one: remember the last one
 */
void maps_on_leaving(const struct mp_path *path);
