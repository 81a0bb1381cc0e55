/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * daemon.h - the state that the event loop owns.  For: the daemon's rooms only.
 *
 * Nothing here is ever seen by a worker: jobs carry copies in and answers out, and find their path or map again by
 * id or WWID when the answer arrives.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <urcu/list.h>

#include "base/hash.h"
#include "base/strbuf.h"
#include "config/bindings.h"
#include "config/config.h"
#include "config/wwids.h"
#include "kernel/probe.h"
#include "kernel/tuning.h"
#include "model/health.h"
#include "model/map.h"
#include "model/path.h"
#include "model/plan.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/reservations.h"

struct check_job;
struct device_close;
struct files_job;
struct mp_aio;
struct mp_dm_listed;
struct mp_checker;
struct mp_prioritizer;
struct sampling;
struct server;
struct udev;
struct udev_monitor;

enum daemon_state {
	DAEMON_INIT,
	DAEMON_STARTUP,
	DAEMON_CONFIGURE,
	DAEMON_IDLE,
	DAEMON_RUNNING,
	DAEMON_SHUTDOWN,
};

/* Who asked, and waits for what a map becomes. */
struct waiter {
	uint64_t request;
	bool without_map; /* what was asked for is done even if there is to be no map */
	struct cds_list_head in_map;
};

struct daemon_path {
	struct mp_path path;
	struct daemon *daemon;
	char *dir; /* in sysfs */
	char *geom_wwid; /* what it told when gmultipath's map, which has it, took it; NULL: none has */
	bool geom_foreign; /* and it tells something else now */
	struct mp_path_settings settings; /* text borrowed from daemon->config */
	const struct mp_checker *checker;
	const struct mp_prioritizer *prioritizer;
	int fd; /* of the device node; -1: not open */
	unsigned checker_kept; /* what the checker keeps about fd */
	char *proof; /* name that the device itself told; NULL not asked yet */
	char *named; /* by udev, as VPD page 0x83 has it, if the WWID is another kind of name; NULL none */
	uint64_t proven_usec; /* 0: to be asked at the next check */
	bool stays; /* in use without proof (mp_proof_may_stay()); told */
	bool ask_again; /* what else was told once and kept */
	uint64_t earliest_usec; /* next check after a failure that the kernel saw */
	struct cds_list_head waiters; /* for `reinstate path`, by struct waiter.in_map */
	uint64_t registered_key; /* of persistent reservations, since it is up; 0 none */
	struct check_job *job; /* under way, NULL if none */
	enum mp_path_state answered_state; /* last real answer, while path.state is pending */
	bool answered; /* at least once, or given up on for now */
	bool asks_itself; /* for its priority, which no other path's answer tells */
	bool registration_failed; /* of its reservation key, the last time; told */
	bool check_now; /* asked for while a job was under way */
	bool asked_before; /* the job under way began before its prioritizer was chosen */
	unsigned retriggers;
	bool no_alua; /* promised in its INQUIRY data, but not answered */
	bool purged; /* its removal was asked for */
	bool claim_asked; /* the change event that comes is our own */
	struct mp_tuning tuned; /* what was asked for, if is_tuned */
	bool is_tuned, tuning, tuning_refused; /* tuning: under way; refused: its port was gone, or it hung */
	struct mp_health health;
	struct sampling *sampling; /* under way, NULL if none */
	struct agenda_entry due; /* next check, or the deadline of the one under way */
};

struct daemon_map {
	struct mp_map map;
	struct daemon *daemon;
	struct cds_list_head in_dirty; /* of daemon->dirty */
	bool dirty;
	unsigned busy; /* operations on its table that are under way */
	struct table_job *loading; /* the one that loads another table, NULL none */
	bool naming; /* its binding is being written */
	bool named;
	bool name_told; /* that the name it is to have is taken */
	bool binding_told; /* that the bindings give its name to another, or another name to it */
	char *configured_alias; /* the last one, which is not kept when the configuration has none any more */
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
	uint64_t wwids_awaited; /* the reading of the wwids file that tells whether it may be created; 0 none */
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
	uint64_t generation; /* of the table: a status read before an operation is not taken after it */
	uint64_t came_up_id; /* path that came up: which group is in use must be looked at before failback is decided; 0 none */
	uint64_t prio_asking; /* id of the path whose check asks for all of them; 0 none */
	uint64_t prio_asked_usec;
	struct mp_identity *reference; /* of its paths, remembered for when it has none; NULL never had one */
	bool is_geom; /* gmultipath's: counted in daemon->geom_count */
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

struct daemon_options {
	bool read_only_bindings; /* -B */
	bool once; /* multipath(8): configure, and no more */
	bool dry_run; /* multipath -d: plan, and do nothing */
	bool rehearsal; /* a copy of a daemon, which has nothing to tell */
	bool create; /* multipath(8): may maps be made or changed at all */
	bool check; /* run checkers and prioritizers */
	bool force_reload; /* multipath -r */
	bool all_foreign; /* multipath -e */
	int grouping; /* multipath -p, -1 none */
	const char *only_wwid; /* multipath DEVICE: touch no other map */
	int verbosity; /* of the command line, -1 none */
	bool ignore_wwids; /* multipath -i */
};

struct daemon {
	struct daemon_options options;
	enum daemon_state state;
	sd_event *event;
	struct pool *pool;
	struct server *server; /* NULL in multipath(8) */
	struct mp_config *config;
	time_t configured_since; /* the configuration was taken over */
	char *config_errors; /* what was wrong with the files when they were read last, a line each; NULL: nothing */
	struct mp_strbuf config_notes; /* the same and more: configure_print_notes() */
	const char *config_fault; /* what that has made of the configuration in force */
	time_t faulty_since;
	struct mp_config *old_config; /* until all settings are resolved anew */
	const struct mp_process_settings *process; /* of config */
	struct mp_bindings *bindings;
	struct mp_wwids *wwids;
	char *prkeys; /* text of the file, NULL if empty */
	struct mp_aio *aio;
	int aio_fd;
	sd_event_source *aio_source;
	unsigned locking; /* operations that may have locked descriptors of the checks */
	struct device_close *closing; /* descriptors that are closed when there is none left */
	unsigned explaining_to_users; /* jobs */

	struct mp_aio *sample_aio; /* NULL until a path is sampled */
	int sample_fd;
	sd_event_source *sample_source;
	struct agenda *agenda; /* of checks */

	struct cds_list_head paths; /* of struct mp_path.in_all, by discovery */
	size_t path_count;
	uint64_t last_path_id;
	struct mp_hash paths_by_id, paths_by_devt, paths_by_name;

	struct cds_list_head maps; /* of struct mp_map.in_all */
	size_t map_count;
	struct mp_hash maps_by_wwid, maps_by_name;
	struct cds_list_head dirty;
	bool has_elsewhere; /* a path waits for the table of another map to let go of it */
	struct mp_map **strange; /* maps that may have strangers (mp_map_has_strangers()), if strange_known: mostly none */
	size_t strange_count;
	bool strange_known;
	unsigned geom_count; /* maps of gmultipath's */
	bool geoms_tasted; /* labels are known that make maps */
	struct mp_strbuf geom_notes; /* config/geom_notes.h: what lasts */
	struct cds_list_head leftovers; /* multipathd/leftovers.c */
	struct cds_list_head geom_answers; /* to clients, after the next look */
	sd_event_source *reconcile_source; /* deferred: a storm of events is one pass */
	sd_event_source *reconcile_timer; /* the longest that a pass waits for the storm's end */

	/* start and reconfigure */
	bool enumerating; /* first checks start when all paths are known */
	unsigned unanswered; /* paths whose first answer is awaited */
	unsigned unanswered_before; /* when the grace timer went off last */
	unsigned operations; /* table operations under way */
	unsigned operations_before; /* when the settle timer went off last */
	sd_event_source *configure_timer;
	sd_event_source *settle_timer;
	void (*on_configured)(struct daemon *daemon);
	void (*on_reconciled)(struct daemon *daemon); /* after each pass; NULL: nobody waits */
	sd_event_source *ready_timer; /* READY=1 waits for the nodes of the maps that were made */
	bool reconfigure_pending, reconfigure_all;

	/* what a worker writes in one go */
	bool bindings_dirty;
	struct files_job *files_writing; /* under way, NULL: none */
	uint64_t wwids_readings; /* of the file, begun so far */
	bool wwids_reading, wwids_again;
	bool bindings_broken; /* the file could not be written: no new names until the next reconfigure */
	char **new_wwids;
	size_t new_wwid_count;

	/* the kernel's events */
	int dm_fd;
	sd_event_source *dm_source;
	bool look_at_unused; /* the next look reads maps without active group, too */
	struct cds_list_head waiting_requests; /* of clients, for that look */
	struct cds_list_head postponed_requests; /* of clients, for what passes by itself */
	bool status_running, status_again;
	void (*on_looked)(struct daemon *daemon); /* once, after the next look */
	struct mp_dm_listed *listed; /* all dm devices, as of the last look */
	size_t listed_count;
	struct udev *udev;
	struct udev_monitor *monitor;
	sd_event_source *monitor_source;

	uint64_t *tuning_failures; /* that were told */
	size_t tuning_failure_count;

	bool told_superseded; /* that san_path_err_* are */
	bool queue_forced; /* forcequeueing daemon */
	bool serving; /* clients are accepted */
};

/* Lanes of the pool. */
uint64_t lane_of_checks(const struct mp_identity *identity); /* of its I_T nexus */
uint64_t lane_of_path(const struct mp_identity *identity); /* its I_T nexus: whatever else */
uint64_t lane_of_table(const char *wwid); /* operations on a map's table */
uint64_t lane_of_messages(const char *wwid); /* a reload that hangs does not keep fail_path back */
enum { LANE_STATUS = 1, LANE_FILES, LANE_UEVENTS, LANE_REMOVALS, LANE_TABLES, LANE_GEOMS, LANE_GEOM_LISTS, LANE_EXPLAIN, LANE_CHECK_CONFIG, LANE_CLOSING };

uint64_t daemon_now_usec(const struct daemon *daemon);

/**
 * daemon_init() - everything but configuration and devices
 *
 * Return: 0, negative errno (logged).
 */
int daemon_init(struct daemon *daemon, const struct daemon_options *options);
void daemon_fini(struct daemon *daemon);

/** daemon_diagnostic() - mp_diagnostic_fn that logs */
void daemon_diagnostic(void *userdata, enum mp_severity severity, int level, const char *text);

const char *daemon_state_name(enum daemon_state state);

static inline struct daemon_path *daemon_path_of(const struct mp_path *path)
{
	return caa_container_of(path, struct daemon_path, path);
}

static inline struct daemon_map *daemon_map_of(const struct mp_map *map)
{
	return caa_container_of(map, struct daemon_map, map);
}
