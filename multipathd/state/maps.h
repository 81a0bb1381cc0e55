/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * maps.h - the set of maps: one noun's state, look-ups and marks. Nothing is started or decided
 * here.  For: the daemon's rooms.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>
#include <urcu/list.h>

#include "config/prkeys.h"
#include "model/map.h"

struct daemon_map;
struct daemon_path;
struct inventory;
struct mp_identity;
struct table_job;

/* Who asked, and waits for what a map becomes. */
struct waiter {
	uint64_t request;
	bool without_map; /* what was asked for is done even if there is to be no map */
	struct cds_list_head in_map;
};

enum reservation_flag { RESERVATION_UNKNOWN, RESERVATION_UNSET, RESERVATION_SET };

/* Of a map. */
struct reservation {
	struct mp_prkey key; /* 0 none */
	enum reservation_flag registered; /* getprstatus */
	enum reservation_flag held; /* getprhold */
	unsigned registering; /* commands under way that register it */
};

/*
 * What differs between reconciled maps (control/reconcile.c) and those managed by gmultipath
 * (control/geoms.c): a constant row each. No other file needs to know which kind a map is.
 */
struct map_kind {
	/* the daemon changes it on its own: its table, its queueing, the path group in use */
	bool managed;
	/* its paths are those in its table, whatever their WWIDs; else all paths of its WWID */
	bool paths_by_table;
	/* it queues only while a daemon can restore its paths: queue_without_daemon is ignored */
	bool queues_only_watched;
	/*
	 * A path that failed I/O is not checked again before its polling interval has passed: a
	 * request that fails on every path must find none left.
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
	const struct map_kind *geom; /* of maps whose WWID is one of gmultipath's */
};

struct daemon_map {
	struct mp_map map;
	const struct map_kind *kind;
	struct inventory *inventory;
	struct cds_list_head in_dirty; /* of inventory->dirty */
	bool dirty;
	unsigned busy; /* operations on its table that are under way */
	struct table_job *loading; /* the one that loads another table, NULL none */
	bool naming; /* it gets its name when its binding is on disk */
	bool named;
	bool name_told; /* that the name it is to have is taken */
	bool binding_told; /* that the bindings give its name to another, or another name to it */
	/* the last one, which is not kept when the configuration has none any more */
	char *configured_alias;
	bool keep_uncreated; /* removed by the operator: not made again by itself */
	bool force_reload;
	bool regroup; /* reload for failback, unless it would change nothing */
	bool allow_resize;
	bool removing;
	bool queue_sent; /* last queue message: queue_if_no_path */
	bool queue_known;
	bool not_ready_in_udev;
	bool detect_grouping, detect_grouping_by_tpg, groups_by_prio;
	bool forced; /* the operator named it: find_multipaths does not matter */
	/* the reading of the wwids file that tells whether it may be created; 0 none */
	uint64_t wwids_awaited;
	bool wwids_read; /* that is done: the next reconciliation decides */
	bool wwid_removed; /* taken out of the wwids file while the map exists: not put back */
	bool removal_tried; /* in vain */
	bool emptied; /* the operator took paths out of it */
	bool status_skipped; /* a status came while the map was busy */
	bool awaits_proof; /* a load waits for a path that has proven what it is */
	bool futile; /* told already that the kernel shows another table than was loaded */
	char *loaded, *loaded_as; /* last table loaded, and as the kernel showed it then */
	unsigned retry_sec; /* pause before the next removal */
	unsigned load_failures;
	/* of the table: a status read before an operation is not taken after it */
	uint64_t generation;
	/*
	 * path that came up: which group is in use must be looked at before failback is decided; 0
	 * none
	 */
	uint64_t came_up_id;
	uint64_t prio_asking; /* id of the path whose check asks for all of them; 0 none */
	uint64_t prio_asked_usec;
	/* of its paths, remembered for when it has none; NULL never had one */
	struct mp_identity *reference;
	bool by_table; /* counted in inventory->by_table_count */
	bool read_again; /* at the next look, whatever its event number */
	bool reacting, react_again, io_failed, had_foreign;
	uint64_t restored_usec; /* when its last good path had failed; 0 never */
	sd_event_source *udev_timer; /* how long the creation event may take */
	sd_event_source *ghost_timer; /* ghost_delay runs */
	sd_event_source *queue_timer;
	sd_event_source *failback_timer;
	sd_event_source *retry_timer; /* of a creation that failed */
	struct reservation reservation;
	struct cds_list_head waiters;
};

static inline struct daemon_map *daemon_map_of(const struct mp_map *map)
{
	return caa_container_of(map, struct daemon_map, map);
}

static inline bool maps_has_paths(const struct daemon_map *map)
{
	return map->map.paths.next != &map->map.paths;
}

/**
 * maps_new() - one that nobody has a table for; its settings are for the caller to resolve. Return:
 * 0, -ENOMEM, -ENAMETOOLONG.
 */
int maps_new(struct inventory *inventory, const char *wwid, struct daemon_map **ret);

/** maps_free() - its paths become orphans; nobody must wait for it any more */
void maps_free(struct daemon_map *map);

struct daemon_map *maps_find_wwid(const struct inventory *inventory, const char *wwid);
struct daemon_map *maps_find_name(const struct inventory *inventory, const char *name);
struct daemon_map *maps_find_minor(const struct inventory *inventory, unsigned minor);

/**
 * maps_find() - as commands name it: dm-N, alias, WWID, any of them behind /dev/ or /dev/mapper/
 */
struct daemon_map *maps_find(const struct inventory *inventory, const char *text);

/**
 * maps_find_known() - by name, WWID, bound or configured alias; also what the kernel does not have
 */
struct daemon_map *maps_find_known(const struct inventory *inventory, const char *text);

/**
 * maps_find_holder() - a map other than @own whose table in the kernel has the device; NULL: none,
 * or @own has it
 */
const struct mp_map *maps_find_holder(struct inventory *inventory, const struct mp_map *own,
				      dev_t devt);

/**
 * maps_find_by_table() - the map that takes its paths by table (struct map_kind) and has @devt in
 * it; NULL: none
 */
struct daemon_map *maps_find_by_table(const struct inventory *inventory, dev_t devt);

/** maps_forget_strange() - a path has left a map whose table has it */
void maps_forget_strange(struct inventory *inventory);

/** maps_touch() - mark it: it is to be reconciled; @reason: constant, for the log */
void maps_touch(struct daemon_map *map, const char *reason);

/**
 * maps_let_go() - a table has changed, or a map is gone: the maps of paths that waited for that are
 * marked
 */
void maps_let_go(struct inventory *inventory);

/** maps_rename() - in memory; without memory it keeps its name */
void maps_rename(struct daemon_map *map, const char *name);

/**
 * maps_is_taken() - mp_name_taken_fn of an inventory: is there a dm device with that name which is
 * not the map of @wwid?
 */
bool maps_is_taken(void *inventory, const char *name, const char *wwid);

/**
 * maps_wait() - @request is answered when the next reconciliation of the map is done
 * @without_map:	"ok" if there is to be none
 *
 * Return: 0, -ENOMEM.
 */
int maps_wait(struct daemon_map *map, uint64_t request, bool without_map);

/**
 * maps_reference() - identity of the path whose hardware entry counts for the map, NULL if it has
 * no path and never had one
 */
const struct mp_identity *maps_reference(const struct daemon_map *map);

/**
 * maps_remember() - whose hardware entry counts for the map while it has no path: no_path_retry
 * above all. NULL: as before
 */
void maps_remember(struct daemon_map *map, const struct mp_identity *reference);

/**
 * maps_on_leaving() - a path is about to leave its map, if it has one: the last one is remembered
 */
void maps_on_leaving(const struct mp_path *path);
