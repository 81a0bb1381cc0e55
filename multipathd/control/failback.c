/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/failback.h"

#include <stdio.h>

#include "base/log.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/orders.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static const uint64_t usec_per_sec = 1000000;

static int failback_on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static unsigned failback_current_group(const struct daemon_map *map)
{
	unsigned active = mp_table_active_group(&map->map.kernel.table);

	return active ? active : map->map.kernel.table.start_group;
}

static bool group_is_rated(const struct mp_group *group)
{
	for (size_t i = 0; i < group->path_count; i++)
		if (mp_path_is_rated(group->paths[i]))
			return true;
	return false;
}

static bool failback_out_of_order(const struct daemon_map *map)
{
	int last = -1;

	for (size_t i = 0; i < map->map.group_count; i++) {
		int priority = map->map.groups[i].priority;

		if (priority == MP_PRIORITY_UNDEF || !group_is_rated(&map->map.groups[i]))
			continue;
		if (last >= 0 && priority > last)
			return true;
		last = priority;
	}
	return false;
}

/* Paths that are grouped by priority now have different priorities. */
static bool failback_wants_regrouping(const struct daemon_map *map)
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

/*
 * All other paths of @which's group are down. If its checker never failed, the path was not lost:
 * the array refused its I/O, as it does when another host has had the LUN transferred. To fetch it
 * back would be answered in kind.
 */
static bool failback_is_followover(const struct daemon_map *map, const struct daemon_path *which)
{
	const struct mp_group *best;
	bool member = false;

	if (which->only_io_failed)
		return false;
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

/*
 * A reconfigure reads priorities again. Until all are known, a group may seem worse than it is, and
 * a switch to another one and back costs a transfer between controllers each.
 */
static bool failback_reads_priorities(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (mp_path_is_active(path) && !daemon_path_of(path)->answered)
			return true;
	return false;
}

struct mp_failback_decision failback_judge(const struct daemon_map *map,
					   const struct path_news *news)
{
	bool came_up = news && news->came_up;
	const struct mp_failback_input input = {
		.policy = map->map.settings.failback,
		.groups = map->map.group_count,
		.best = map->map.best_group,
		.current = failback_current_group(map),
		.regroup = map->groups_by_prio && failback_wants_regrouping(map),
		.out_of_order = map->groups_by_prio && failback_out_of_order(map),
		.path_came_up = came_up,
		.path_failed = news && news->failed,
		.followover = came_up && news->which && failback_is_followover(map, news->which),
		.timer_running = map->map.failback_usec && news,
		.timer_expired = !news,
		.awaits_udev = !map->map.ready,
	};
	static const struct mp_failback_decision not_touched = { MP_FAILBACK_NONE,
								 "the map is not to be touched" };
	static const struct mp_failback_decision not_known = { MP_FAILBACK_NONE,
							       "priorities are being read" };
	struct mp_failback_decision decision;

	if (!map->map.kernel.exists || map->removing || map->busy || !map->kind->managed)
		return not_touched;
	if (failback_reads_priorities(map))
		return not_known;
	decision = mp_failback_decide(&input);
	if (decision.verdict != MP_FAILBACK_NONE && claims_leave_alone(map))
		return not_touched;
	return decision;
}

static void failback_stop_timer(struct daemon_map *map)
{
	map->map.failback_usec = 0;
	map->failback_timer = sd_event_source_disable_unref(map->failback_timer);
}

static void failback_start_timer(struct daemon_map *map, const char *reason)
{
	struct daemon *daemon = map->inventory->daemon;

	map->map.failback_sec = map->map.settings.failback;
	map->map.failback_usec =
		daemon_now_usec(daemon) + (map->map.settings.failback + 1) * usec_per_sec;
	log_notice("%s: failback in %u seconds: %s", map->map.name, map->map.failback_sec, reason);
	timers_set(daemon->event, &map->failback_timer, map->map.failback_usec, failback_on_timer,
		   map);
}

static void failback_switch(struct daemon_map *map, const char *reason)
{
	log_notice("%s: switch to path group %u: %s", map->map.name, map->map.best_group, reason);
	map->map.stats.switches++;
	orders_send(map, mp_order_switch_group(map->map.best_group), 0);
}

void failback_decide(struct daemon_map *map, const struct path_news *news)
{
	const struct mp_failback_decision decision = failback_judge(map, news);

	switch (decision.verdict) {
	case MP_FAILBACK_NONE:
		if (!news)
			failback_stop_timer(map);
		return;
	case MP_FAILBACK_START_TIMER:
		failback_start_timer(map, decision.reason);
		return;
	case MP_FAILBACK_SWITCH:
		failback_switch(map, decision.reason);
		break;
	case MP_FAILBACK_RELOAD:
		map->map.stats.switches++;
		map->regroup = true;
		maps_touch(map, decision.reason);
		break;
	case MP_FAILBACK_CANCEL_TIMER:
		log_notice("%s: failback canceled: %s", map->map.name, decision.reason);
		break;
	}
	failback_stop_timer(map);
}

static int failback_on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	failback_decide(userdata, NULL);
	return 0;
}
