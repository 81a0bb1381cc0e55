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
 * Whose maps they are, where that makes a difference. Reconciled maps, the daemon's own, have none.
 */
struct map_kind {
	/* it was found or read: its paths are those in the table */
	void (*on_table)(struct daemon_map *map);
	/* a path that the table has was found */
	void (*on_joined)(struct daemon_map *map, struct daemon_path *path);
	/* @io_failed: a path that was held for good has failed in the kernel */
	void (*on_states)(struct daemon_map *map, bool io_failed);
	void (*on_touched)(struct daemon_map *map); /* paths came or went */
	/* the kernel's device is gone; the map is forgotten */
	void (*on_gone)(struct daemon_map *map);
};

struct daemon_map {
	struct mp_map map;
	const struct map_kind *kind; /* NULL: reconciled */
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
	bool is_geom; /* gmultipath's: counted in inventory->geom_count */
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

/** maps_find_geom() - the map of gmultipath's whose table has the device, NULL if none has */
struct daemon_map *maps_find_geom(const struct inventory *inventory, dev_t devt);

/** maps_is_geom() - may only gmultipath change this map? */
bool maps_is_geom(const struct daemon_map *map);

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
