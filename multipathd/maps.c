/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/maps.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "config/claim.h"
#include "config/filter.h"
#include "config/trace.h"
#include "kernel/dm.h"
#include "model/failback.h"
#include "model/geom.h"
#include "model/grouping.h"
#include "model/queueing.h"
#include "model/reconcile.h"
#include "multipathd/apply.h"
#include "multipathd/checks.h"
#include "multipathd/reservations.h"
#include "multipathd/loop/timers.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "multipathd/files.h"
#include "multipathd/geoms.h"
#include "multipathd/health.h"
#include "multipathd/leftovers.h"
#include "multipathd/paths.h"
#include "multipathd/tuning.h"
#include "multipathd/uevents.h"

enum {
	/* After the first mark, whatever else there is to do. */
	RECONCILE_LATEST_USEC = 100000,
};

static const uint64_t usec_per_sec = 1000000;

void maps_answer(struct daemon_map *map, const char *reply)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &map->waiters, in_map) {
		cds_list_del(&waiter->in_map);
		daemon_reply(map->inventory->daemon, waiter->request, reply);
		free(waiter);
	}
}

/* A path that was added is there, with or without a map. */
static void map_answer_without_map(struct daemon_map *map)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &map->waiters, in_map) {
		if (!waiter->without_map)
			continue;
		cds_list_del(&waiter->in_map);
		daemon_reply(map->inventory->daemon, waiter->request, "ok\n");
		free(waiter);
	}
	maps_answer(map, "fail\n");
}

void maps_forget(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;

	maps_answer(map, "fail\n");
	maps_free(map);
	maps_let_go(inventory);
}

void maps_start_over(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	char wwid[MP_WWID_SIZE];
	struct mp_path *path;

	memcpy(wwid, map->map.wwid, sizeof(wwid));
	maps_forget(map);
	cds_list_for_each_entry(path, &inventory->paths, in_all)
		if (!path->map && path->init == MP_INIT_OK && !strcmp(path->identity.wwid, wwid) &&
		    maps_join(daemon_path_of(path), false) < 0)
			log_error("%s: does not join its map: out of memory", mp_path_name(path));
}

void maps_free_all(struct daemon *daemon)
{
	struct mp_map *map, *next;

	cds_list_for_each_entry_safe(map, next, &daemon->inventory.maps, in_all)
		maps_forget(daemon_map_of(map));
}

/*
 * A map that is found without a path: the entry of its array, which nobody knows yet, may ask for queueing. So no default ends that;
 * what is said of this map, or of all, does.
 */
static void map_doubt_default(struct daemon_map *map)
{
	_cleanup_(mp_trace_fini) struct mp_trace trace = MP_TRACE_INIT;
	struct mp_map_settings settings;
	const struct mp_trace_row *row;

	if (!map->map.kernel.exists || map->map.settings.no_path_retry != MP_RETRY_FAIL)
		return;
	mp_config_trace_map_settings(map->inventory->config, map->map.wwid, NULL, &settings, &trace);
	row = mp_trace_find(&trace, "no_path_retry");
	if (!row || !row->section || (strncmp(row->section, "multipaths", 10) && strncmp(row->section, "overrides", 9)))
		map->map.settings.no_path_retry = MP_RETRY_UNSET;
}

void maps_resolve_settings(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	const struct mp_identity *reference = maps_reference(map);

	mp_config_map_settings(inventory->config, map->map.wwid, reference, &map->map.settings);
	if (!reference)
		map_doubt_default(map);
	map->detect_grouping =
		mp_config_detects_grouping(inventory->config, reference, &map->detect_grouping_by_tpg);
	if (inventory->options.grouping >= 0) {
		map->map.settings.grouping = inventory->options.grouping;
		map->detect_grouping = false;
	}
	reservations_resolve(map);
	if (!inventory->options.once)
		health_tell_settings(map);
}

/* Paths that were left when an earlier map of this WWID was removed: a new path, or a map made by somebody else, takes them. */
static void map_take_orphans(struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->inventory->paths, in_all)
		if (!path->map && path->init == MP_INIT_OK && !strcmp(path->identity.wwid, map->map.wwid))
			mp_map_add_path(&map->map, path);
}

struct daemon_map *maps_find_user(const struct daemon_path *path)
{
	struct inventory *inventory = path->inventory;
	const struct daemon_map *own = maps_find_wwid(inventory, path->path.identity.wwid);
	const struct mp_map *map = path->path.map;
	dev_t devt = path->path.identity.devt;

	if (own && mp_map_holds(&own->map, devt))
		return NULL;
	if (!map || !strcmp(map->wwid, path->path.identity.wwid) || !mp_map_holds(map, devt))
		map = maps_find_holder(inventory, own ? &own->map : NULL, devt);
	/* Users of its partitions are not counted, but keep it from being removed. */
	if (!map || (map->kernel.open_count <= 0 && !daemon_map_of(map)->removal_tried) || mp_geom_is_wwid(map->wwid) ||
	    paths_claim_of(inventory, devt, map->wwid) == PATHS_FOREIGN)
		return NULL;
	return daemon_map_of(map);
}

void maps_take_back(struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->inventory->paths, in_all)
		if (path->map != &map->map && path->init == MP_INIT_OK && mp_map_holds(&map->map, path->identity.devt) &&
		    maps_find_user(daemon_path_of(path)) == map && maps_join(daemon_path_of(path), false) < 0)
			log_error("%s: does not join its map: out of memory", mp_path_name(path));
}

int maps_join(struct daemon_path *path, bool by_operator)
{
	struct daemon *daemon = path->inventory->daemon;
	struct daemon_map *geom = maps_find_geom(path);
	struct daemon_map *user = geom ? NULL : maps_find_user(path);
	struct daemon_map *map = geom ? geom : user;
	const char *wwid = map ? map->map.wwid : path->path.identity.wwid;
	int r;

	if (!map)
		map = maps_find_wwid(&daemon->inventory, wwid);
	if (user)
		log_warning("%s: its WWID is %s by the configuration, but map %s of the same LUN is in use: it stays a path of that one",
			    mp_path_name(&path->path), path->path.identity.wwid, user->map.name);

	if (!map) {
		r = maps_new(&daemon->inventory, wwid, &map);
		if (r < 0)
			return r;
		if (daemon->state == DAEMON_IDLE)
			map_take_orphans(map);
	}
	if (by_operator)
		map->keep_uncreated = false;
	map->emptied = false;
	if (path->path.map == &map->map)
		return 0;
	if (path->path.map)
		maps_forget_strange(&daemon->inventory);
	maps_on_leaving(path);
	mp_map_add_path(&map->map, &path->path);
	if (geom)
		geoms_on_joined(geom, path);
	maps_resolve_settings(map);
	if (map->map.kernel.exists && map->map.kernel.table.size_sectors)
		log_info("%s: %s [%u:%u] found", map->map.name, mp_path_name(&path->path),
			   major(path->path.identity.devt), minor(path->path.identity.devt));
	if (path->answered)
		maps_touch(map, "path added");
	return 0;
}

/* What becomes of a map without paths, by the best of the devices of its table. */
static enum paths_claim map_claim(struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;
	enum paths_claim best = PATHS_FOREIGN;

	if (!map->map.kernel.exists || map->emptied || !cds_list_empty(&map->map.paths))
		return best;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			enum paths_claim claim = paths_claim_of(map->inventory, table->groups[g].paths[p].devt,
								map->map.wwid);

			if (claim == PATHS_AWAITED)
				return claim;
			if (claim > best)
				best = claim;
		}
	return best;
}

/*
 * A map that the configuration does not want, or whose paths it does not, or that awaits them: who uses it has it as it is, so that
 * neither its queueing nor its group is changed.
 */
static bool map_is_left_alone(struct daemon_map *map)
{
	const char *why;

	return map->map.kernel.exists && (!maps_allow(map, &why, NULL) || map_claim(map) != PATHS_FOREIGN);
}

/* Queueing without paths. */

static int map_on_queue_timer(sd_event_source *source, uint64_t usec, void *userdata);

/* As the kernel does now: a message changes it without an event. */
static bool map_queues(const struct daemon_map *map)
{
	return map->queue_known ? map->queue_sent :
				  mp_table_has_feature(&map->map.kernel.table, "queue_if_no_path");
}

static void map_step_queueing(struct daemon_map *map)
{
	struct mp_queueing_input input = {
		.policy = map->map.settings.no_path_retry,
		.polling_interval_sec = map->inventory->process->polling_interval_sec,
		.active = mp_map_active_paths(&map->map),
		.kernel_queues = map_queues(map),
		.now_usec = daemon_now_usec(map->inventory->daemon),
	};
	struct mp_queueing_effect effect;
	const struct mp_path *path;

	if (!map->map.kernel.exists || map->removing || map->removal_tried || map->inventory->options.once || maps_is_geom(map) ||
	    map_is_left_alone(map))
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		input.pending += path->state == MP_PATH_PENDING || path->state == MP_PATH_UNCHECKED;

	effect = mp_queueing_step(&map->map.queueing, &input);
	map->map.stats.queue_timeouts += effect.entered_recovery;
	map->map.stats.failures += effect.gave_up;
	map->map.stats.queue_sec += effect.queued_sec;
	if (effect.reason)
		log_notice("%s: %s", map->map.name, effect.reason);
	if (effect.change != MP_QUEUEING_KEEP) {
		map->queue_sent = effect.change == MP_QUEUEING_ON;
		map->queue_known = true;
		maps_message(map, map->queue_sent ? "queue_if_no_path" : "fail_if_no_path", 0);
	}
	if (map->map.queueing.recovering)
		timers_set(map->inventory->daemon->event, &map->queue_timer, map->map.queueing.deadline_usec,
				map_on_queue_timer, map);
	else
		map->queue_timer = sd_event_source_disable_unref(map->queue_timer);
}

static int map_on_queue_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	map_step_queueing(userdata);
	return 0;
}

void maps_disable_queueing(struct daemon_map *map)
{
	mp_queueing_disable(&map->map.queueing);
	map_step_queueing(map);
}

void maps_restore_queueing(struct daemon_map *map)
{
	mp_queueing_restore(&map->map.queueing);
	map_step_queueing(map);
}

/* A new map that can only be read after a switch of controllers: udev is not to look at it yet. */

static void map_end_ghost_delay(struct daemon_map *map, const char *reason)
{
	if (!map->ghost_timer)
		return;
	map->ghost_timer = sd_event_source_disable_unref(map->ghost_timer);
	map->force_reload = true;
	log_notice("%s: ghost_delay ends: %s", map->map.name, reason);
	maps_touch(map, "ghost_delay ended");
}

static int map_on_ghost_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	map_end_ghost_delay(userdata, "no path came up in time");
	return 0;
}

static bool map_has_path_in(const struct daemon_map *map, enum mp_path_state state)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (path->state == state && !path->wrong_wwid)
			return true;
	return false;
}

static bool map_delays_ghosts(const struct daemon_map *map)
{
	bool begins = !map->map.kernel.exists && map->map.settings.ghost_delay_sec && !map->inventory->options.once;

	return (map->ghost_timer || begins) && !map_has_path_in(map, MP_PATH_UP) &&
	       map_has_path_in(map, MP_PATH_GHOST);
}

static void map_begin_ghost_delay(struct daemon_map *map)
{
	unsigned delay_sec = map->map.settings.ghost_delay_sec;

	if (map->ghost_timer)
		return;
	log_notice("%s: all paths are ghost: not ready for %u seconds, unless one comes up", map->map.name, delay_sec);
	timers_set(map->inventory->daemon->event, &map->ghost_timer, daemon_now_usec(map->inventory->daemon) + delay_sec * usec_per_sec,
			map_on_ghost_timer, map);
}

/* Failback. */

static int map_on_failback_timer(sd_event_source *source, uint64_t usec, void *userdata);

static unsigned map_current_group(const struct daemon_map *map)
{
	unsigned active = mp_table_active_group(&map->map.kernel.table);

	return active ? active : map->map.kernel.table.start_group;
}

static bool group_has_active_path(const struct mp_group *group)
{
	for (size_t i = 0; i < group->path_count; i++)
		if (mp_path_is_active(group->paths[i]))
			return true;
	return false;
}

static bool map_out_of_order(const struct daemon_map *map)
{
	int last = -1;

	for (size_t i = 0; i < map->map.group_count; i++) {
		int priority = map->map.groups[i].priority;

		if (priority == MP_PRIORITY_UNDEF || !group_has_active_path(&map->map.groups[i]))
			continue;
		if (last >= 0 && priority > last)
			return true;
		last = priority;
	}
	return false;
}

/* Members of one group by priority have got different priorities. */
static bool map_wants_regrouping(const struct daemon_map *map)
{
	for (size_t i = 0; i < map->map.group_count; i++) {
		const struct mp_group *group = &map->map.groups[i];

		for (size_t k = 1; k < group->path_count; k++)
			if (group->paths[k]->priority != group->paths[0]->priority)
				return true;
		for (size_t j = 0; j < i; j++)
			if (group->path_count && map->map.groups[j].path_count &&
			    map->map.groups[j].paths[0]->priority == group->paths[0]->priority)
				return true;
	}
	return false;
}

/* The group of @which is otherwise dead. */
static bool map_is_followover(const struct daemon_map *map, const struct daemon_path *which)
{
	const struct mp_group *best;
	bool member = false;

	if (!map->map.best_group || map->map.best_group > map->map.group_count)
		return false;
	best = &map->map.groups[map->map.best_group - 1];
	for (size_t i = 0; i < best->path_count; i++) {
		if (best->paths[i] == &which->path)
			member = true;
		else if (!mp_path_state_is_bad(best->paths[i]->state))
			return false;
	}
	return member;
}

static void map_decide_failback(struct daemon_map *map, bool came_up, bool failed,
				const struct daemon_path *which, bool expired)
{
	struct mp_failback_input input = {
		.policy = map->map.settings.failback,
		.groups = map->map.group_count,
		.best = map->map.best_group,
		.current = map_current_group(map),
		.regroup = map->groups_by_prio && map_wants_regrouping(map),
		.out_of_order = map->groups_by_prio && map_out_of_order(map),
		.path_came_up = came_up,
		.path_failed = failed,
		.followover = came_up && which && map_is_followover(map, which),
		.timer_running = map->map.failback_usec && !expired,
		.timer_expired = expired,
		.awaits_udev = !map->map.ready,
	};
	struct mp_failback_decision decision;
	char message[32];

	if (!map->map.kernel.exists || map->removing || map->busy || map->inventory->options.once || maps_is_geom(map) ||
	    map_is_left_alone(map))
		return;
	decision = mp_failback_decide(&input);
	switch (decision.verdict) {
	case MP_FAILBACK_NONE:
		break;
	case MP_FAILBACK_SWITCH:
		log_notice("%s: switch to path group %u: %s", map->map.name, input.best, decision.reason);
		map->map.stats.switches++;
		snprintf(message, sizeof(message), "switch_group %u", input.best);
		maps_message(map, message, 0);
		break;
	case MP_FAILBACK_RELOAD:
		map->map.stats.switches++;
		map->regroup = true;
		maps_touch(map, decision.reason);
		break;
	case MP_FAILBACK_START_TIMER:
		map->map.failback_sec = map->map.settings.failback;
		map->map.failback_usec = daemon_now_usec(map->inventory->daemon) +
					 (map->map.settings.failback + 1) * usec_per_sec;
		log_notice("%s: failback in %u seconds: %s", map->map.name, map->map.failback_sec,
			   decision.reason);
		timers_set(map->inventory->daemon->event, &map->failback_timer, map->map.failback_usec,
				map_on_failback_timer, map);
		return;
	case MP_FAILBACK_CANCEL_TIMER:
		log_notice("%s: failback cancelled: %s", map->map.name, decision.reason);
		break;
	}
	if (decision.verdict != MP_FAILBACK_NONE || expired) {
		map->map.failback_usec = 0;
		map->failback_timer = sd_event_source_disable_unref(map->failback_timer);
	}
}

static int map_on_failback_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	map_decide_failback(userdata, false, false, NULL, true);
	return 0;
}

void maps_states_changed(struct daemon_map *map, bool path_came_up, bool path_failed, struct daemon_path *which)
{
	char message[48];

	if (mp_map_update_groups(&map->map) < 0)
		log_error("%s: no memory for its groups", map->map.name);
	if (!map->map.kernel.exists)
		return;
	if (map_has_path_in(map, MP_PATH_UP))
		map_end_ghost_delay(map, "a path is up");
	if (path_came_up && which)
		for (size_t i = 0; i < map->map.group_count; i++) {
			const struct mp_group *group = &map->map.groups[i];

			for (size_t k = 0; k < group->path_count; k++)
				if (group->paths[k] == &which->path && group->state == MP_GROUP_DISABLED) {
					snprintf(message, sizeof(message), "enable_group %zu", i + 1);
					maps_message(map, message, 0);
				}
		}
	if (path_failed && !mp_map_active_paths(&map->map))
		health_paths_lost(map);
	map_step_queueing(map);
	/* The group in use changes with the next I/O, without an event. */
	if (path_came_up && which && map->map.group_count > 1) {
		map->came_up_id = which->path.id;
		looks_want(map->inventory->daemon);
		return;
	}
	map_decide_failback(map, false, path_failed, which, false);
}

/* What the kernel says. */

/*
 * A path that the kernel failed, even if another program has had it reinstated since, may lead elsewhere by now; and one that was
 * reinstated by another program, while it is not good, is failed again. @before: NULL if the map was not known
 */
static void map_compare_path(struct daemon_map *map, struct mp_path *path, const struct mp_table_path *before,
			     const struct mp_table_path *now)
{
	struct daemon_path *managed = daemon_path_of(path);

	if (now->failures > (before ? before->failures : 0) ||
	    (now->state == MP_DM_FAILED && !(before && before->state == MP_DM_FAILED))) {
		mp_path_doubt(path);
		apply_check_load(map);
		if (now->state == MP_DM_ACTIVE)
			checks_soon(managed);
	}
	if (!before || before->state != MP_DM_FAILED || now->state != MP_DM_ACTIVE || maps_is_geom(map) ||
	    !(path->wrong_wwid || path->checker_disabled || mp_path_state_is_bad(managed->answered_state)))
		return;
	log_notice("%s: %s was reinstated by another program, but is not good: failed again", map->map.name,
		   mp_path_name(path));
	maps_path_message(map, "fail_path", path->identity.devt, 0);
}

/* Takes *kernel. */
static void map_take_kernel(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	struct mp_kernel_map before = map->map.kernel;
	struct mp_path *path;

	map->map.kernel = *kernel;
	*kernel = (struct mp_kernel_map){ 0 };
	mp_map_update_groups(&map->map);
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct mp_table_path *now = mp_table_find(&map->map.kernel.table, path->identity.devt);

		if (now)
			map_compare_path(map, path, mp_table_find(&before.table, path->identity.devt), now);
	}
	mp_kernel_map_fini(&before);
	if (mp_map_has_strangers(&map->map))
		maps_forget_strange(map->inventory);
	maps_let_go(map->inventory);
}

void maps_kernel_state(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	struct mp_path *path, *next;
	bool failed = false;

	map_take_kernel(map, kernel);
	if (maps_is_geom(map))
		geoms_on_table(map);

	cds_list_for_each_entry_safe(path, next, &map->map.paths, in_map) {
		const struct mp_table_path *entry = mp_table_find(&map->map.kernel.table, path->identity.devt);

		if (!entry || entry->state != MP_DM_FAILED || path->checker_disabled)
			continue;
		if (mp_path_state_is_active(daemon_path_of(path)->answered_state) && !path->wrong_wwid) {
			checks_note_kernel_failure(daemon_path_of(path));
			failed = true;
		}
	}
	if (maps_is_geom(map))
		geoms_on_states(map, failed);
	maps_states_changed(map, false, failed, NULL);
	if (map->came_up_id) {
		struct daemon_path *came_up = paths_find_id(map->inventory, map->came_up_id);

		map->came_up_id = 0;
		if (came_up && came_up->path.map == &map->map)
			map_decide_failback(map, true, failed, came_up, false);
	}
}

void maps_kernel_changed(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	_cleanup_strbuf_ struct mp_strbuf before = MP_STRBUF_INIT, after = MP_STRBUF_INIT;
	bool renamed = strcmp(map->map.kernel.name, kernel->name);
	bool was_foreign = map->map.kernel.foreign_table;

	mp_table_format(&map->map.kernel.table, &before);
	mp_table_format(&kernel->table, &after);
	maps_kernel_state(map, kernel);
	if (renamed)
		map->named = false; /* it is asked for again whether it may keep that */
	if (was_foreign || strcmp(mp_strbuf_text(&before), mp_strbuf_text(&after)))
		maps_touch(map, "its table was changed by somebody else");
	else if (renamed)
		maps_touch(map, "it was renamed by somebody else");
}

int maps_adopt(struct daemon *daemon, const char *wwid, struct mp_kernel_map *kernel)
{
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, wwid);
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	const char *ready;
	int r;

	if (!map) {
		r = maps_new(&daemon->inventory, wwid, &map);
		if (r < 0)
			return r;
	}
	if (!map->map.kernel.exists) {
		if (!daemon->serving && (kernel->suspended || kernel->inactive_table))
			leftovers_found(daemon, wwid, kernel->suspended && kernel->inactive_table ?
						      LEFTOVER_LOADING : LEFTOVER_SUSPENDED);
		if (daemon->state == DAEMON_IDLE)
			map_take_orphans(map);
		log_info("%s: map %s found (dm-%u)", wwid, kernel->name, kernel->minor);
		maps_rename(map, kernel->name);
		map->named = false; /* the name that it is to have may be another one */
		map->map.ready = true;
		map->keep_uncreated = false;
		if (mp_probe_record(&mp_roots_system, kernel->devt, &props) == 0) {
			ready = mp_props_get(&props, "MPATH_DEVICE_READY");
			map->not_ready_in_udev = ready && !strcmp(ready, "0");
		}
	}
	map_take_kernel(map, kernel);
	if (maps_is_geom(map)) {
		geoms_on_table(map);
		geoms_on_states(map, false);
	}
	maps_touch(map, "map found in the kernel");
	return 0;
}

void maps_retry_names(struct daemon *daemon)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (daemon_map_of(map)->name_told)
			maps_touch(daemon_map_of(map), "its name may be free now");
}

void maps_gone(struct daemon_map *map)
{
	if (!map->map.kernel.exists)
		return;
	log_notice("%s: map was removed", map->map.name);
	mp_kernel_map_fini(&map->map.kernel);
	map->map.kernel = (struct mp_kernel_map){ 0 };
	if (map->busy) {
		/* The operation under way tells what is left. */
		maps_touch(map, "map was removed");
		return;
	}
	if (maps_is_geom(map)) {
		geoms_on_gone(map);
		return;
	}
	/* Its last user may be gone, and a path may have come. Else somebody did not want it. */
	if (map->map.settings.deferred_remove)
		maps_start_over(map);
	else
		maps_forget(map);
}

void maps_udev_done(struct daemon_map *map, bool ready)
{
	map->udev_timer = sd_event_source_disable_unref(map->udev_timer);
	if (map->inventory->process->reassign_maps)
		maps_reassign(map, 0);
	if (map->map.ready && ready == !map->not_ready_in_udev)
		return;
	map->map.ready = true;
	if (!ready && !map->not_ready_in_udev && mp_map_active_paths(&map->map))
		log_info("%s: udev does not call it ready", map->map.name);
	map->not_ready_in_udev = false;
	maps_touch(map, "udev is done with it");
}

/* Reconciliation. */

/* May and should this map exist? */
bool maps_allow(struct daemon_map *map, const char **reason, struct mp_trace *trace)
{
	struct inventory *inventory = map->inventory;
	struct mp_allow_input input = {
		.mode = inventory->process->find_multipaths,
		.map_known = map->map.kernel.exists || (inventory->options.only_wwid &&
							!strcmp(inventory->options.only_wwid, map->map.wwid)),
		.kernel_has_it = map->map.kernel.exists,
		.wwid_known = mp_wwids_has(inventory->wwids, map->map.wwid),
	};
	const struct mp_path *path;

	if (mp_filter_trace_wwid(inventory->config, map->map.wwid, trace).blacklisted) {
		*reason = "its WWID is blacklisted";
		return false;
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		input.paths += path->init == MP_INIT_OK;
		input.labelled |= !map->map.kernel.exists && geoms_claim(inventory, path->identity.devt);
	}
	if (map->forced) {
		*reason = "the operator asked for it";
		mp_trace_add(trace, "operator", true, "asked for it");
		return true;
	}
	return mp_claim_trace_map(&input, reason, trace);
}

bool maps_is_coming(struct daemon_map *map)
{
	const char *why;

	return !map->map.kernel.exists && !cds_list_empty(&map->map.paths) && !map->keep_uncreated && maps_allow(map, &why, NULL);
}

static bool map_is_allowed(struct daemon_map *map, const char **reason)
{
	return maps_allow(map, reason, NULL);
}

const char *maps_binding_contradiction(const struct daemon_map *map, const char **ret_other)
{
	const struct mp_bindings *bindings = map->inventory->bindings;
	const char *name = map->map.kernel.name, *wwid = map->map.wwid, *bound = mp_bindings_alias(bindings, wwid);
	const char *owner = mp_bindings_wwid(bindings, name);

	if (!map->map.kernel.exists || map->map.settings.alias || !map->map.settings.user_friendly_names || !strcmp(name, wwid) ||
	    strcmp(map->map.name, name))
		return NULL;
	*ret_other = owner && strcmp(owner, wwid) ? owner : bound;
	if (owner && strcmp(owner, wwid))
		return "gives that name to";
	return bound && strcmp(bound, name) ? "names it" : NULL;
}

static void map_tell_binding(struct daemon_map *map)
{
	const char *other, *contradiction = maps_binding_contradiction(map, &other);

	if (contradiction && !map->binding_told && !map->inventory->options.rehearsal)
		log_warning("%s: keeps its name while it exists, although " STATE_DIR "/bindings %s %s", map->map.name,
			    contradiction, other);
	map->binding_told = contradiction;
}

/* Half a file has nobody's word that a map is to be called by its WWID. */
static bool map_is_friendly(const struct daemon_map *map)
{
	const struct inventory *inventory = map->inventory;

	return map->map.settings.user_friendly_names ||
	       (map->map.kernel.exists && strcmp(map->map.kernel.name, map->map.wwid) && inventory->config_incomplete);
}

/* The name that it has is kept, unless it is an alias that was taken out of the configuration. */
static const char *map_kept_name(struct daemon_map *map)
{
	const char *alias = map->map.settings.alias;
	bool withdrawn = !alias && map->configured_alias && !strcmp(map->configured_alias, map->map.kernel.name);

	if (alias && (!map->configured_alias || strcmp(alias, map->configured_alias))) {
		free(map->configured_alias);
		map->configured_alias = strdup(alias);
	}
	return map->map.kernel.exists && !withdrawn ? map->map.kernel.name : NULL;
}

/* Return: 1 named now, 0 its binding must be on disk first, negative errno. */
static int map_choose_name(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	struct mp_alias_request request = {
		.wwid = map->map.wwid,
		.configured = map->map.settings.alias,
		.user_friendly = map_is_friendly(map),
		.prefix = map->map.settings.alias_prefix,
		.config = inventory->config,
		.old = map_kept_name(map),
		.read_only = inventory->options.read_only_bindings || inventory->bindings_broken,
		.taken = maps_is_taken,
		.userdata = inventory,
	};
	_cleanup_free_ char *name = NULL;
	bool changed = false;
	int r;

	r = mp_bindings_choose(inventory->bindings, &request, &name, &changed);
	if (r < 0)
		return r;
	map->named = !maps_is_taken(inventory, name, map->map.wwid);
	if (!map->named) {
		/* What is called so leads to another disk. Asked for again whenever the map is reconciled. */
		const char *kept = map->map.kernel.exists ? map->map.kernel.name : map->map.wwid;

		if (!map->name_told && !inventory->options.rehearsal)
			log_warning("%s: cannot be named %s: another device has that name", kept, name);
		map->name_told = true;
		maps_rename(map, kept);
		return 1;
	}
	map->name_told = false;
	maps_rename(map, name);
	map_tell_binding(map);
	if (!changed)
		return 1;
	map->naming = true;
	inventory->bindings_dirty = true;
	return 0;
}

static int map_compare_devt(const void *a, const void *b)
{
	const struct mp_path *const *x = a, *const *y = b;

	return (*x)->identity.devt < (*y)->identity.devt ? -1 : (*x)->identity.devt > (*y)->identity.devt;
}

/* A device is in one table: another map that has it must let go of it first. */
static void map_note_elsewhere(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct mp_map *holder = maps_find_holder(inventory, &map->map, path->identity.devt);

		if (holder && !path->elsewhere && !inventory->options.rehearsal)
			log_warning("%s: %s is not used: map %s has it", map->map.name, mp_path_name(path), holder->name);
		path->elsewhere = holder;
		inventory->has_elsewhere |= path->elsewhere;
	}
}

static int map_make_plan(struct daemon_map *map, bool allowed, struct mp_plan *plan)
{
	struct inventory *inventory = map->inventory;
	_cleanup_free_ const struct mp_path **paths = NULL;
	const struct mp_path *path;
	enum paths_claim claim;
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
		.allow_resize = map->allow_resize,
		.in_use = map->removal_tried,
	};

	map_note_elsewhere(map);
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	paths = calloc(count + 1, sizeof(*paths));
	if (!paths)
		return -ENOMEM;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		paths[n++] = path;
	qsort(paths, n, sizeof(*paths), map_compare_devt);
	observation.ghost_delay_runs = allowed && map_delays_ghosts(map);
	claim = map_claim(map);
	observation.disowned = claim == PATHS_DISOWNED;
	observation.awaits_paths = claim == PATHS_AWAITED;
	observation.paths = paths;
	observation.path_count = n;
	observation.name_taken = (!observation.kernel || strcmp(map->map.kernel.name, map->map.name)) &&
				 maps_is_taken(inventory, map->map.name, map->map.wwid);
	return mp_reconcile(&observation, plan);
}

int maps_plan(struct daemon_map *map, bool allowed, struct mp_plan *plan)
{
	return map_make_plan(map, allowed, plan);
}

int maps_rehearse_name(struct daemon_map *map)
{
	_cleanup_free_ char *before = strdup(map->map.name);
	const char *why;
	int r = 0;

	if (!before)
		return -ENOMEM;
	maps_resolve_settings(map);
	if (maps_allow(map, &why, NULL))
		r = map_choose_name(map);
	else
		maps_rename(map, map->map.wwid); /* the map goes, and its name is free */
	return r < 0 ? r : strcmp(before, map->map.name) != 0;
}

int maps_rehearse(struct daemon_map *map, struct mp_plan *plan)
{
	const char *why;
	bool allowed = maps_allow(map, &why, NULL);

	if (!allowed && !map->map.kernel.exists)
		return 0;
	return map_make_plan(map, allowed, plan);
}

static void map_log_plan(const struct daemon_map *map, const struct mp_plan *plan)
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

static bool map_has_unanswered(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (!daemon_path_of(path)->answered)
			return true;
	return false;
}

static void map_read_serials(struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (!path->identity.serial[0])
			mp_probe_listed(&mp_roots_system, daemon_path_of(path)->dir, &path->identity);
}

/* A map that others made, in the initramfs for one, whose file is not ours, is known from now on as well. */
static void map_record(struct daemon_map *map)
{
	struct mp_path *path;

	if (map->inventory->options.once || map->wwid_removed || !files_wwid_created(map->inventory->daemon, map->map.wwid))
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		uevents_claim(daemon_path_of(path));
}

/* multipath -a and -w count at once: the file is read again before a map is made, or not made, by what it says. */
static bool map_awaits_wwids(struct daemon_map *map)
{
	const struct inventory *inventory = map->inventory;
	enum mp_find_multipaths mode = inventory->process->find_multipaths;

	if (map->map.kernel.exists || map->forced || inventory->options.once || mode == MP_FIND_OFF ||
	    mode == MP_FIND_GREEDY)
		return false;
	if (map->wwids_awaited)
		return true;
	if (!map->wwids_read)
		files_await_wwids(map);
	map->wwids_read = false;
	return map->wwids_awaited;
}

static void map_reconcile(struct daemon_map *map)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	const char *why = NULL;
	bool allowed;
	int r;

	maps_resolve_settings(map);
	mp_map_update_groups(&map->map);
	if (maps_is_geom(map)) {
		maps_answer(map, "ok\n");
		geoms_on_touched(map);
		return;
	}
	if (map->map.settings.grouping == MP_GROUPING_BY_SERIAL)
		map_read_serials(map);
	if (!map->map.kernel.exists) {
		if (cds_list_empty(&map->map.paths)) {
			maps_forget(map);
			return;
		}
		if (map->keep_uncreated || !map->inventory->options.create)
			return;
	} else if (map->inventory->options.once && !map->inventory->options.force_reload && !map->force_reload) {
		return; /* multipath(8) leaves maps that exist alone */
	}
	if (map->inventory->options.only_wwid && strcmp(map->inventory->options.only_wwid, map->map.wwid))
		return;
	if (map_awaits_wwids(map))
		return; /* comes back when the file has been read */
	allowed = map_is_allowed(map, &why);
	if (!allowed && !map->map.kernel.exists) {
		log_info("%s: no map: %s", map->map.wwid, why ? why : "not wanted");
		map_answer_without_map(map);
		return;
	}
	if (allowed && map->map.kernel.exists && !cds_list_empty(&map->map.paths))
		map_record(map);
	if (allowed && !map->named && map_choose_name(map) == 0)
		return; /* comes back when the binding is on disk */
	if (allowed && tuning_start(map))
		return; /* comes back when that is done */

	r = map_make_plan(map, allowed, &plan);
	if (r < 0) {
		log_error("%s: not reconciled: %s", map->map.name, strerror(-r));
		maps_answer(map, "fail\n");
		return;
	}
	map->groups_by_prio = plan.by_prio;
	if (plan.awaits_proof && !map->awaits_proof)
		log_info("%s: no table is loaded before a path has proven that it is of this LUN", map->map.name);
	map->awaits_proof = plan.awaits_proof;
	map_log_plan(map, &plan);
	if (mp_plan_find(&plan, MP_STEP_CREATE) && map_delays_ghosts(map))
		map_begin_ghost_delay(map);
	r = apply_plan(map, &plan);
	if (r == 0 && !map->inventory->options.once)
		maps_own_node(map);
	if (r == 0)
		maps_answer(map, "ok\n");
	else if (r < 0)
		maps_answer(map, "fail\n");
}

static void maps_reconcile(struct daemon *daemon)
{
	struct daemon_map *map, *next;

	sd_event_source_set_enabled(daemon->reconcile_source, SD_EVENT_OFF);
	sd_event_source_set_enabled(daemon->reconcile_timer, SD_EVENT_OFF);
	/* Paths that were rejected so far are known after that: until then a map of theirs seems to have none. */
	if (daemon->enumerates_later)
		return;
	/* The first pass is one pass: all paths have answered, or had their time. */
	if (daemon->inventory.unanswered && daemon->configure_timer)
		return;
	daemon->configure_timer = sd_event_source_disable_unref(daemon->configure_timer);

	cds_list_for_each_entry_safe(map, next, &daemon->inventory.dirty, in_dirty) {
		if (map->busy || map->naming || map_has_unanswered(map))
			continue; /* touched again when that ends */
		cds_list_del(&map->in_dirty);
		map->dirty = false;
		map_reconcile(map);
	}
	files_write(daemon);
	if (daemon->on_reconciled)
		daemon->on_reconciled(daemon);
	daemon_check_configured(daemon);
}

static int maps_on_idle(sd_event_source *source, void *userdata)
{
	(void)source;
	maps_reconcile(userdata);
	return 0;
}

static int maps_on_waited_enough(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	maps_reconcile(userdata);
	return 0;
}

static int maps_open_reconcile(struct daemon *daemon)
{
	int r = sd_event_add_defer(daemon->event, &daemon->reconcile_source, maps_on_idle, daemon);

	/* After all events and answers that are there already. */
	if (r >= 0)
		r = sd_event_source_set_priority(daemon->reconcile_source, SD_EVENT_PRIORITY_IDLE);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(daemon->reconcile_source, true);
	/* They may never end. */
	if (r >= 0)
		r = sd_event_add_time(daemon->event, &daemon->reconcile_timer, CLOCK_MONOTONIC, 0,
				      RECONCILE_LATEST_USEC / 10, maps_on_waited_enough, daemon);
	if (r >= 0)
		r = sd_event_source_set_priority(daemon->reconcile_timer, SD_EVENT_PRIORITY_IMPORTANT);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(daemon->reconcile_timer, true);
	return r < 0 ? r : sd_event_source_set_enabled(daemon->reconcile_timer, SD_EVENT_OFF);
}

void maps_reconcile_later(struct inventory *inventory)
{
	struct daemon *daemon = inventory->daemon;
	int enabled = SD_EVENT_OFF, r = 0;

	if (!daemon->reconcile_timer)
		r = maps_open_reconcile(daemon);
	if (r < 0) {
		daemon->reconcile_source = sd_event_source_disable_unref(daemon->reconcile_source);
		daemon->reconcile_timer = sd_event_source_disable_unref(daemon->reconcile_timer);
		log_error("cannot reconcile maps: %s", strerror(-r));
		return;
	}
	sd_event_source_set_enabled(daemon->reconcile_source, SD_EVENT_ONESHOT);
	sd_event_source_get_enabled(daemon->reconcile_timer, &enabled);
	if (enabled != SD_EVENT_OFF)
		return;
	sd_event_source_set_time_relative(daemon->reconcile_timer, RECONCILE_LATEST_USEC * 9 / 10);
	sd_event_source_set_enabled(daemon->reconcile_timer, SD_EVENT_ONESHOT);
}

void maps_fail_queues_at_exit(struct daemon *daemon, bool geoms_only)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists && (!geoms_only || mp_geom_is_wwid(map->wwid)) && (map_queues(daemon_map_of(map)) ||
					   mp_table_has_feature(&map->kernel.table, "queue_if_no_path")))
			mp_dm_message(map->wwid, "fail_if_no_path");
}
