/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/configure.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/control/awaited.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/enumeration.h"
#include "multipathd/control/geom_sweeps.h"
#include "multipathd/control/intake.h"
#include "multipathd/control/settings.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/snapshots.h"
#include "multipathd/loop/slices.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/notify.h"
#include "multipathd/state/paths.h"

enum {
	/* Paths that have not answered by then are added to their maps later. */
	GRACE_SEC = 3,
};

static const uint64_t usec_per_sec = 1000000;

/* Clients that wait until the files have been read; 0: a signal, which waits for nothing. */
struct askers {
	uint64_t *requests;
	size_t count;
	bool all; /* one of them wants every map reloaded */
};

struct configure {
	struct daemon *daemon;
	struct snapshot *reading; /* the files are being read; NULL: they are not */
	struct askers now, later; /* for that reading, and since then */
	struct look_waiter look; /* paths are enumerated after it */
	sd_event_source *settle_timer;
	unsigned unanswered_before; /* when the grace timer last expired */
	unsigned operations_before; /* when the settle timer last expired */
	bool pending, pending_all; /* another reconfigure, requested during this one */

	/*
	 * A reconfigure resolves the settings of every path, then of every map, in slices. Both
	 * come and go between two slices, so each is looked up when its turn has come.
	 */
	struct slices *resolving;
	bool all; /* reload every map */
	bool reads; /* the paths again, by the new configuration */
	dev_t *devts; /* of the paths */
	size_t path_count, next_path;
	char (*wwids)[MP_WWID_SIZE]; /* of the maps */
	size_t map_count, next_map;
};

bool configure_is_pending(const struct daemon *daemon)
{
	return daemon->configure->pending || daemon->configure->reading;
}

static int configure_on_grace(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct configure *configure = userdata;
	struct daemon *daemon = configure->daemon;

	(void)source;
	(void)usec;
	/* As long as answers arrive, the remaining paths may just be waiting for their turn. */
	if (daemon->inventory.unanswered < configure->unanswered_before) {
		configure->unanswered_before = daemon->inventory.unanswered;
		timers_set(daemon->event, &daemon->configure_timer,
			   daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec, configure_on_grace,
			   configure);
		return 0;
	}
	if (daemon->inventory.unanswered)
		log_warning("%u paths have not answered yet, continuing without them",
			    daemon->inventory.unanswered);
	daemon->configure_timer = sd_event_source_disable_unref(daemon->configure_timer);
	awaited_end_all(daemon);
	inventory_wake(&daemon->inventory);
	return 0;
}

static int configure_on_settle(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct configure *configure = userdata;
	struct daemon *daemon = configure->daemon;
	bool moving = daemon->operations < configure->operations_before;

	(void)source;
	(void)usec;
	if (daemon->state != DAEMON_CONFIGURE)
		return 0;
	configure->operations_before = daemon->operations;
	if (moving || !daemon->operations || daemon->inventory.unanswered ||
	    daemon->looks_pending || daemon->gathering)
		return timers_set(daemon->event, &configure->settle_timer,
				  daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec,
				  configure_on_settle, configure);
	log_warning("%u map operations have not finished, continuing without them",
		    daemon->operations);
	daemon->on_configured(daemon);
	return 0;
}

static void configure_on_enumerated(struct daemon *daemon)
{
	struct configure *configure = daemon->configure;
	struct mp_map *map;

	daemon->gathering = false;
	configure->unanswered_before = daemon->inventory.unanswered;
	log_info("%zu paths and %zu maps found", daemon->inventory.path_count,
		 daemon->inventory.map_count);
	timers_set(daemon->event, &daemon->configure_timer,
		   daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec, configure_on_grace,
		   configure);
	/* A map whose table operation never returns must not keep clients from the other maps. */
	configure->operations_before = UINT_MAX;
	if (!daemon->inventory.options.waits_for_ever)
		timers_set(daemon->event, &configure->settle_timer,
			   daemon_now_usec(daemon) + GRACE_SEC * usec_per_sec, configure_on_settle,
			   configure);
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		daemon_map_of(map)->force_reload |= daemon->inventory.options.force_reload &&
						    map->kernel.exists;
		maps_touch(daemon_map_of(map), "configured");
	}
	inventory_wake(&daemon->inventory);
}

static void configure_on_looked(struct look_waiter *waiter)
{
	struct configure *configure = caa_container_of(waiter, struct configure, look);

	if (configure->reads)
		enumeration_resolve(configure->daemon, configure_on_enumerated);
	else
		enumeration_find(configure->daemon, configure_on_enumerated);
	configure->reads = false;
}

int configure_start(struct daemon *daemon)
{
	daemon->state = DAEMON_CONFIGURE;
	daemon->gathering = true;
	daemon->configure->look.looked = configure_on_looked;
	looks_await(daemon, &daemon->configure->look);
	return 0;
}

static void configure_resolve_path(struct daemon_path *path)
{
	path->path.priority_is_old |= mp_path_state_is_bad(path->path.state);
	discovery_resolve_settings(path);
}

static void configure_list_paths(struct configure *configure)
{
	const struct inventory *inventory = &configure->daemon->inventory;
	struct mp_path *path;

	configure->path_count = configure->next_path = 0;
	configure->devts = calloc(inventory->path_count + 1, sizeof(*configure->devts));
	/* Out of memory: all at once, because they must stop borrowing from the old configuration.
	 */
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		if (configure->devts)
			configure->devts[configure->path_count++] = path->identity.devt;
		else
			configure_resolve_path(daemon_path_of(path));
}

static void configure_resolve_map(struct configure *configure, struct daemon_map *map)
{
	map->named = false;
	map->keep_uncreated = false;
	map->futile = false;
	map->load_failures = 0;
	map->force_reload |= configure->all && map->map.kernel.exists;
	if (map->map.kernel.exists && map->resize < MP_RESIZE_GROW_ONLY)
		map->resize = MP_RESIZE_GROW_ONLY;
	map->map.action = MP_ACTION_NONE; /* set again by maps created from here on */
	settings_resolve(map);
	maps_touch(map, "reconfigured");
}

static void configure_list_maps(struct configure *configure)
{
	const struct inventory *inventory = &configure->daemon->inventory;
	struct mp_map *map;

	configure->map_count = configure->next_map = 0;
	configure->wwids = calloc(inventory->map_count + 1, sizeof(*configure->wwids));
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		if (configure->wwids)
			strcpy(configure->wwids[configure->map_count++], map->wwid);
		else
			configure_resolve_map(configure, daemon_map_of(map));
}

static void configure_on_resolved(struct configure *configure)
{
	free(configure->devts);
	configure->devts = NULL;
	free(configure->wwids);
	configure->wwids = NULL;
	intake_drop_old(configure->daemon);
	geom_sweeps_start(configure->daemon);
	configure->reads = true;
	configure_start(configure->daemon);
}

/* What was found since the new configuration is in force has its settings from it. */
static bool configure_on_step(void *userdata)
{
	struct configure *configure = userdata;
	const struct inventory *inventory = &configure->daemon->inventory;

	if (configure->next_path < configure->path_count) {
		struct daemon_path *path =
			paths_find_devt(inventory, configure->devts[configure->next_path++]);

		if (path)
			configure_resolve_path(path);
		if (configure->next_path == configure->path_count)
			configure_list_maps(configure);
		return true;
	}
	if (configure->next_map < configure->map_count) {
		struct daemon_map *map =
			maps_find_wwid(inventory, configure->wwids[configure->next_map++]);

		if (map)
			configure_resolve_map(configure, map);
		return true;
	}
	configure_on_resolved(configure);
	return false;
}

static void configure_resolve(struct configure *configure, bool all)
{
	configure->daemon->gathering = true;
	configure->all = all;
	configure_list_paths(configure);
	if (!configure->path_count)
		configure_list_maps(configure);
	slices_run(configure->resolving);
}

/* Reading the files. */

/* The client gets its answer when the files have been read. Return: 0 or -ENOMEM. */
static int askers_add(struct askers *askers, bool all, uint64_t request)
{
	uint64_t *requests;

	askers->all |= all;
	if (!request && askers->count)
		return 0; /* signals may be many, and none is answered */
	requests = reallocarray(askers->requests, askers->count + 1, sizeof(*requests));
	if (!requests)
		return -ENOMEM;
	askers->requests = requests;
	askers->requests[askers->count++] = request;
	return 0;
}

static void askers_fini(struct askers *askers)
{
	free(askers->requests);
	*askers = (struct askers){ 0 };
}

static void askers_answer(struct askers *askers, struct daemon *daemon, const char *reply)
{
	for (size_t i = 0; i < askers->count; i++)
		daemon_reply(daemon, askers->requests[i], reply);
	askers_fini(askers);
}

static int configure_read(struct configure *configure);

/* Others may have asked since the files were read: they may be good now. */
static void configure_reject(struct configure *configure, int error)
{
	struct daemon *daemon = configure->daemon;
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;

	mp_strbuf_printf(&reply, "fail\n%sconfiguration rejected, keeping the current one",
			 intake_errors(daemon));
	/* The errors in the files say why. */
	if (!*intake_errors(daemon))
		mp_strbuf_printf(&reply, ": %s", strerror(-error));
	mp_strbuf_puts(&reply, "\n");
	askers_answer(&configure->now, daemon, reply.error ? "fail\n" : mp_strbuf_text(&reply));
	intake_note_stale(daemon);
	log_error("configuration rejected, keeping the current one");
	if (configure->later.count) {
		configure->now = configure->later;
		configure->later = (struct askers){ 0 };
		if (configure_read(configure) == 0)
			return;
		askers_answer(&configure->now, daemon, "fail\n");
	}
}

static void configure_apply(struct configure *configure)
{
	struct daemon *daemon = configure->daemon;
	bool all = configure->now.all;

	if (configure->later.count) {
		configure->pending = true;
		configure->pending_all |= configure->later.all;
	}
	log_notice("reconfigure (%s)", all ? "reloading all maps" : "reloading maps that differ");
	daemon->state = DAEMON_CONFIGURE;
	notify_state(daemon, "RELOADING=1");
	configure_resolve(configure, all);
	askers_answer(&configure->now, daemon, "ok\n");
	askers_answer(&configure->later, daemon, "ok\n");
}

static bool configure_is_over(struct configure *configure, struct snapshot *snapshot)
{
	bool is_over = snapshot->work.skipped || configure->daemon->state == DAEMON_SHUTDOWN;

	if (is_over)
		configure->reading = snapshot_free(snapshot);
	return is_over;
}

static void configure_on_state(struct snapshot *snapshot)
{
	struct configure *configure = snapshot->daemon->configure;

	if (configure_is_over(configure, snapshot))
		return;
	intake_adopt(configure->daemon, snapshot);
	configure->reading = snapshot_free(snapshot);
	configure_apply(configure);
}

static void configure_on_config(struct snapshot *snapshot)
{
	struct configure *configure = snapshot->daemon->configure;
	int r;

	if (configure_is_over(configure, snapshot))
		return;
	r = intake_judge(configure->daemon, snapshot);
	if (r == 0) {
		snapshot_start_state(snapshot, configure_on_state);
		return;
	}
	configure->reading = snapshot_free(snapshot);
	configure_reject(configure, r);
}

/* For those that ask now. */
static int configure_read(struct configure *configure)
{
	int r = snapshot_new(configure->daemon, &configure->reading);

	if (r == 0)
		snapshot_start_config(configure->reading, configure_on_config);
	return r;
}

int configure_again(struct daemon *daemon, bool all, uint64_t request)
{
	struct configure *configure = daemon->configure;
	int r;

	if (configure->reading)
		return askers_add(&configure->later, all, request);
	if (daemon->state == DAEMON_CONFIGURE) {
		configure->pending = true;
		configure->pending_all |= all;
		daemon_reply(daemon, request, "ok\n");
		return 0;
	}
	r = askers_add(&configure->now, all, request);
	if (r == 0)
		r = configure_read(configure);
	if (r < 0)
		askers_fini(&configure->now);
	return r;
}

int configure_new(struct daemon *daemon, struct configure **ret)
{
	struct configure *configure = calloc(1, sizeof(*configure));
	int r;

	if (!configure)
		return -ENOMEM;
	configure->daemon = daemon;
	r = slices_new(daemon->event, configure_on_step, configure, &configure->resolving);
	if (r < 0) {
		configure_free(configure);
		return r;
	}
	*ret = configure;
	return 0;
}

struct configure *configure_free(struct configure *configure)
{
	if (!configure)
		return NULL;
	slices_free(configure->resolving);
	askers_fini(&configure->now);
	askers_fini(&configure->later);
	free(configure->devts);
	free(configure->wwids);
	sd_event_source_disable_unref(configure->settle_timer);
	free(configure);
	return NULL;
}

void configure_done(struct daemon *daemon)
{
	struct configure *configure = daemon->configure;
	bool pending = configure->pending, all = configure->pending_all;

	intake_drop_old(daemon);
	configure->pending = configure->pending_all = false;
	daemon->state = DAEMON_IDLE;
	/* What is configured is in force, and clients are served, however long reading takes. */
	if (pending && configure_again(daemon, all, 0) < 0)
		log_error("cannot reconfigure: out of memory");
}
