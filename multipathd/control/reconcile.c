/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reconcile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "model/grouping.h"
#include "model/plan.h"
#include "model/reconcile.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/completion.h"
#include "multipathd/control/ghosts.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/names.h"
#include "multipathd/control/settings.h"
#include "multipathd/control/steps.h"
#include "multipathd/jobs/files.h"
#include "multipathd/jobs/holdings.h"
#include "multipathd/jobs/triggers.h"
#include "multipathd/jobs/tuning.h"
#include "multipathd/loop/priorities.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum {
	/* At the latest this long after the first mark, whatever else there is to do. */
	RECONCILE_LATEST_USEC = 100000,
};

struct reconcile {
	sd_event_source *source; /* deferred: a storm of events leads to one pass */
	sd_event_source *timer; /* the maximum that a pass waits for the end of a storm */
	struct slices *slices; /* the pass: maps of inventory->reconciling */
	bool again; /* maps were marked during the pass */
};

static int reconcile_compare_devt(const void *a, const void *b)
{
	const struct mp_path *const *x = a, *const *y = b;

	return (*x)->identity.devt < (*y)->identity.devt ?
		       -1 :
		       (*x)->identity.devt > (*y)->identity.devt;
}

int reconcile_plan(const struct daemon_map *map, bool allowed, struct mp_plan *plan)
{
	struct inventory *inventory = map->inventory;
	_cleanup_free_ const struct mp_path **paths = NULL;
	_cleanup_free_ bool *elsewhere = NULL;
	const struct mp_path *path;
	enum claim claim;
	size_t count = 0, n = 0;
	struct mp_observation observation = {
		.wwid = map->map.wwid,
		.name = map->map.name,
		.allowed = allowed,
		.settings = &map->map.settings,
		.kernel = map->map.kernel.exists ? &map->map.kernel : NULL,
		.queueing = &map->map.queueing,
		.detect_grouping = map->detect_grouping,
		.detect_grouping_by_tpg = map->detect_grouping_by_tpg,
		.force_reload = map->force_reload || map->regroup,
		.not_ready_in_udev = map->not_ready_in_udev,
		.awaits_udev = !map->map.ready && map->map.kernel.exists,
		.resize = map->resize,
		.in_use = map->removal_tried,
	};

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	paths = calloc(count + 1, sizeof(*paths));
	elsewhere = calloc(count + 1, sizeof(*elsewhere));
	if (!paths || !elsewhere)
		return -ENOMEM;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		paths[n++] = path;
	qsort(paths, n, sizeof(*paths), reconcile_compare_devt);
	for (size_t i = 0; i < n; i++)
		elsewhere[i] = maps_find_holder(inventory, &map->map, paths[i]->identity.devt);
	observation.ghost_delay_runs = allowed && ghosts_delay(map);
	claim = claims_of_map(map);
	observation.disowned = claim == CLAIM_DISOWNED;
	observation.awaits_paths = claim == CLAIM_AWAITED || claim == CLAIM_UNREAD;
	observation.paths = paths;
	observation.path_count = n;
	observation.elsewhere = elsewhere;
	observation.name_taken =
		(!observation.kernel || strcmp(map->map.kernel.name, map->map.name)) &&
		maps_is_taken(inventory, map->map.name, map->map.wwid);
	return mp_reconcile(&observation, plan);
}

int reconcile_rehearse(const struct daemon_map *map, struct mp_plan *plan)
{
	const char *why;
	bool allowed = claims_allow(map, &why, NULL);

	if (!allowed && !map->map.kernel.exists)
		return 0;
	return reconcile_plan(map, allowed, plan);
}

static void reconcile_log_plan(const struct daemon_map *map, const struct mp_plan *plan)
{
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;

	if (log_verbosity() < LOG_LEVEL_INFO || !plan->count)
		return;
	mp_plan_format(plan, map->map.name, &text);
	for (char *line = text.text, *end; line && *line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end++ = '\0';
		log_info("%s", line);
		if (!end)
			break;
	}
}

static bool reconcile_has_unanswered(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (!daemon_path_of(path)->answered)
			return true;
	return false;
}

/* A map in use may get one of its paths, when the disks in that map's table have been read. */
static bool reconcile_may_lose_path(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct mp_map *holder =
			maps_find_holder(map->inventory, &map->map, path->identity.devt);

		if (holder && daemon_map_of((struct mp_map *)holder)->disks.wanted)
			return true;
	}
	return false;
}

static void reconcile_on_disks_read(struct holdings_job *job)
{
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);
	const struct duties *duties = job->daemon->inventory.duties;

	if (!map || !map->disks.asked)
		return;
	claims_take(map, job);
	membership_take_back(map);
	if (map->map.kernel.exists && duties->on_states)
		duties->on_states(map, &(struct path_news){ 0 });
	maps_touch(map, "the disks in its table have been read");
}

/*
 * What a worker must read before the map is decided. Return: true if it is read now, and the map is
 * marked when it has been.
 */
static bool reconcile_reads(struct daemon_map *map)
{
	int r = 0;

	if (!map->inventory->daemon)
		return false;
	if (claims_are_unread(map)) {
		claims_begin(map);
		r = holdings_read(map, map->disks.number, reconcile_on_disks_read);
		if (r < 0)
			map->disks.asked = false;
	} else if (claims_await_paths(map)) {
		r = holdings_read_paths(map, claims_may_go_without);
	} else {
		return false;
	}
	if (r < 0) {
		log_error("%s: not reconciled: %s", map->map.name, strerror(-r));
		daemon_answer(map, "fail\n");
	}
	return true;
}

/*
 * A map created by another program, for instance in the initramfs with another wwids file, is
 * recorded, too.
 */
static void reconcile_record(struct daemon_map *map)
{
	struct mp_path *path;

	if (!map->inventory->duties->follows_wwids || map->wwid_removed ||
	    !files_wwid_created(map->inventory->daemon, map->map.wwid))
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		triggers_claim(daemon_path_of(path));
}

/*
 * multipath -a and -w take effect immediately: the file is read again before it decides whether a
 * map is created.
 */
static bool reconcile_awaits_wwids(const struct daemon_map *map)
{
	const struct inventory *inventory = map->inventory;
	enum mp_find_multipaths mode = inventory->process->find_multipaths;

	return !map->map.kernel.exists && !map->forced && inventory->duties->follows_wwids &&
	       mode != MP_FIND_OFF && mode != MP_FIND_GREEDY && !map->wwids_read;
}

enum reconcile_verdict reconcile_judge(const struct daemon_map *map, const char **why)
{
	const struct inventory_options *options = &map->inventory->options;
	bool exists = map->map.kernel.exists;

	if (!exists && !maps_has_paths(map))
		return RECONCILE_FORGET;
	if (exists ? options->keeps_existing && !map->force_reload :
		     map->keep_uncreated || !options->create)
		return RECONCILE_LEAVE;
	if (options->only_wwid && strcmp(options->only_wwid, map->map.wwid))
		return RECONCILE_LEAVE;
	if (reconcile_awaits_wwids(map))
		return RECONCILE_AWAIT_WWIDS;
	if (claims_allow(map, why, NULL))
		return RECONCILE_ALLOWED;
	return exists ? RECONCILE_REJECTED : RECONCILE_UNWANTED;
}

/* A path that was added exists, with or without a map. */
static void reconcile_answer_without_map(struct daemon_map *map)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &map->waiters, in_waiters) {
		if (!waiter->without_map)
			continue;
		cds_list_del(&waiter->in_waiters);
		daemon_reply(map->inventory->daemon, waiter->request, "ok\n");
		free(waiter);
	}
	daemon_answer(map, "fail\n");
}

static void reconcile_on_tuned(struct daemon *daemon, struct daemon_map *map)
{
	if (map)
		maps_touch(map, "its paths' timeouts and limits are set");
	completion_check(daemon);
}

/*
 * Files and devices that a plan depends on. Return: true if they are not what they have to be yet;
 * the map is marked again when they are.
 */
static bool reconcile_prepare(struct daemon_map *map)
{
	if (map->map.kernel.exists && maps_has_paths(map))
		reconcile_record(map);
	if (!map->named && names_choose(map) == 0)
		return true; /* until the binding is on disk */
	return tuning_start(map, reconcile_on_tuned);
}

static void reconcile_apply(struct daemon_map *map, const struct mp_plan *plan)
{
	int r;

	map->groups_by_prio = plan->by_prio;
	if (plan->awaits_proof && !map->awaits_proof)
		log_info("%s: no table loaded, waiting for a path with a verified WWID",
			 map->map.name);
	map->awaits_proof = plan->awaits_proof;
	if (plan->table.size_sectors == map->map.kernel.table.size_sectors)
		map->resize = MP_RESIZE_NEVER;
	reconcile_log_plan(map, plan);
	if (mp_plan_find(plan, MP_STEP_CREATE) && ghosts_delay(map))
		ghosts_begin(map);
	r = steps_apply(map, plan);
	if (r == 0 && map->inventory->duties->owns_nodes)
		steps_own_node(map);
	if (r <= 0) /* else when that is done */
		daemon_answer(map, r < 0 ? "fail\n" : "ok\n");
}

/* Paths that other maps must drop first: logged, and the map is marked when they do. */
static void reconcile_note_elsewhere(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		struct daemon_path *managed = daemon_path_of(path);
		const struct mp_map *holder =
			maps_find_holder(inventory, &map->map, path->identity.devt);

		if (holder && !managed->elsewhere)
			log_warning("%s: cannot use path %s: it belongs to map %s", map->map.name,
				    mp_path_name(path), holder->name);
		managed->elsewhere = holder;
		inventory->has_elsewhere |= managed->elsewhere;
	}
}

static void reconcile_map(struct daemon_map *map, bool allowed)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	int r;

	if (allowed && reconcile_prepare(map))
		return;
	reconcile_note_elsewhere(map);
	r = reconcile_plan(map, allowed, &plan);
	if (r < 0) {
		log_error("%s: not reconciled: %s", map->map.name, strerror(-r));
		daemon_answer(map, "fail\n");
		return;
	}
	reconcile_apply(map, &plan);
}

static void reconcile_on_touched(struct daemon_map *map)
{
	const char *why = NULL;
	enum reconcile_verdict verdict;

	if (reconcile_reads(map))
		return;
	verdict = reconcile_judge(map, &why);
	map->wwids_read = false; /* what it said counts once */
	switch (verdict) {
	case RECONCILE_FORGET:
		membership_forget(map);
		break;
	case RECONCILE_LEAVE:
		break;
	case RECONCILE_AWAIT_WWIDS:
		if (!map->wwids_awaited)
			files_await_wwids(map);
		break;
	case RECONCILE_UNWANTED:
		log_info("%s: no map: %s", map->map.wwid, why ? why : "not wanted");
		reconcile_answer_without_map(map);
		break;
	case RECONCILE_REJECTED:
		reconcile_map(map, false);
		break;
	case RECONCILE_ALLOWED:
		reconcile_map(map, true);
		break;
	}
}

/* Its paths are those of its WWID, and states_changed() compares their states. */
static void reconcile_on_table(struct daemon_map *map)
{
	(void)map;
}

static void reconcile_on_states(struct daemon_map *map, bool io_failed)
{
	(void)map;
	(void)io_failed;
}

static void reconcile_on_gone(struct daemon_map *map)
{
	/*
	 * Its last user may have closed it while a path appeared; otherwise another program removed
	 * it.
	 */
	if (map->map.settings.deferred_remove)
		membership_start_over(map);
	else
		membership_forget(map);
}

const struct map_kind reconcile_kind = {
	.managed = true,
	.on_table = reconcile_on_table,
	.on_states = reconcile_on_states,
	.on_touched = reconcile_on_touched,
	.on_gone = reconcile_on_gone,
};

/*
 * Paths rejected by the old configuration are known only when all is gathered: until then their
 * maps seem to have none. The first pass handles all maps at once: all paths have answered or timed
 * out.
 */
static bool pass_may_go_on(const struct daemon *daemon)
{
	return !daemon->gathering && !(daemon->inventory.unanswered && daemon->configure_timer);
}

static void pass_end(struct daemon *daemon)
{
	/* Those that it did not come to, because a reconfigure has begun. */
	cds_list_splice(&daemon->inventory.reconciling, &daemon->inventory.dirty);
	CDS_INIT_LIST_HEAD(&daemon->inventory.reconciling);
	files_write(daemon);
	if (daemon->on_reconciled)
		daemon->on_reconciled(daemon);
	if (daemon->reconcile->again)
		reconcile_later(&daemon->inventory);
	daemon->reconcile->again = false;
	completion_check(daemon);
}

/* Maps that are freed between two slices have left the list. */
static bool pass_on_step(void *userdata)
{
	struct daemon *daemon = userdata;
	struct daemon_map *map;

	if (cds_list_empty(&daemon->inventory.reconciling) || !pass_may_go_on(daemon)) {
		pass_end(daemon);
		return false;
	}
	map = cds_list_first_entry(&daemon->inventory.reconciling, struct daemon_map, in_dirty);
	cds_list_del(&map->in_dirty);
	if (map->busy || map->naming || map->disks.asked || map->reads_paths ||
	    reconcile_has_unanswered(map) || reconcile_may_lose_path(map)) {
		/* It stays marked, and is touched again when that ends. */
		cds_list_add_tail(&map->in_dirty, &daemon->inventory.dirty);
		return true;
	}
	map->dirty = false;
	settings_resolve(map);
	mp_map_update_groups(&map->map);
	map->kind->on_touched(map);
	return true;
}

static void pass_begin(struct daemon *daemon)
{
	sd_event_source_set_enabled(daemon->reconcile->source, SD_EVENT_OFF);
	sd_event_source_set_enabled(daemon->reconcile->timer, SD_EVENT_OFF);
	if (!pass_may_go_on(daemon))
		return;
	if (slices_go_on(daemon->reconcile->slices)) {
		daemon->reconcile->again = true;
		return;
	}
	daemon->configure_timer = sd_event_source_disable_unref(daemon->configure_timer);
	cds_list_splice(&daemon->inventory.dirty, &daemon->inventory.reconciling);
	CDS_INIT_LIST_HEAD(&daemon->inventory.dirty);
	slices_run(daemon->reconcile->slices);
}

static int pass_on_idle(sd_event_source *source, void *userdata)
{
	(void)source;
	pass_begin(userdata);
	return 0;
}

static int pass_on_waited_enough(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	pass_begin(userdata);
	return 0;
}

static int reconcile_open(struct reconcile *reconcile, struct daemon *daemon)
{
	int r = sd_event_add_defer(daemon->event, &reconcile->source, pass_on_idle, daemon);

	/* After all pending events and answers. */
	if (r >= 0)
		r = sd_event_source_set_priority(reconcile->source, PRIORITY_PASS);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(reconcile->source, true);
	if (r >= 0)
		r = sd_event_source_set_enabled(reconcile->source, SD_EVENT_OFF);
	/* They may never finish. */
	if (r >= 0)
		r = sd_event_add_time(daemon->event, &reconcile->timer, CLOCK_MONOTONIC, 0,
				      RECONCILE_LATEST_USEC / 10, pass_on_waited_enough, daemon);
	if (r >= 0)
		r = sd_event_source_set_priority(reconcile->timer, PRIORITY_OVERDUE);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(reconcile->timer, true);
	if (r >= 0)
		r = slices_new(daemon->event, pass_on_step, daemon, &reconcile->slices);
	return r < 0 ? r : sd_event_source_set_enabled(reconcile->timer, SD_EVENT_OFF);
}

int reconcile_new(struct daemon *daemon, struct reconcile **ret)
{
	struct reconcile *reconcile = calloc(1, sizeof(*reconcile));
	int r;

	if (!reconcile)
		return -ENOMEM;
	r = reconcile_open(reconcile, daemon);
	if (r < 0) {
		reconcile_free(reconcile);
		return r;
	}
	*ret = reconcile;
	return 0;
}

struct reconcile *reconcile_free(struct reconcile *reconcile)
{
	if (!reconcile)
		return NULL;
	slices_free(reconcile->slices);
	sd_event_source_disable_unref(reconcile->source);
	sd_event_source_disable_unref(reconcile->timer);
	free(reconcile);
	return NULL;
}

void reconcile_later(struct inventory *inventory)
{
	struct reconcile *reconcile = inventory->daemon->reconcile;
	int enabled = SD_EVENT_OFF;

	sd_event_source_set_enabled(reconcile->source, SD_EVENT_ONESHOT);
	sd_event_source_get_enabled(reconcile->timer, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(reconcile->timer, RECONCILE_LATEST_USEC * 9 / 10);
	sd_event_source_set_enabled(reconcile->timer, SD_EVENT_ONESHOT);
}
