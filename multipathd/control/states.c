/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/states.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "kernel/dm.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static const uint64_t usec_per_sec = 1000000;

struct states_effects states_weigh(const struct daemon_map *map, const struct path_news *news)
{
	bool known = news->came_up && news->which;
	struct states_effects effects = { .look = known && map->map.group_count > 1 };

	for (size_t i = 0; known && i < map->map.group_count; i++) {
		const struct mp_group *group = &map->map.groups[i];

		for (size_t k = 0; k < group->path_count; k++)
			if (group->paths[k] == &news->which->path &&
			    group->state == MP_GROUP_DISABLED)
				effects.enable = i + 1;
	}
	return effects;
}

/* Return: false if the kernel does not have the map: nothing follows then. */
static bool states_update_groups(struct daemon_map *map)
{
	if (mp_map_update_groups(&map->map) < 0)
		log_error("%s: cannot record its path groups: out of memory", map->map.name);
	return map->map.kernel.exists;
}

void states_changed(struct daemon_map *map, const struct path_news *news)
{
	const struct duties *duties = map->inventory->duties;
	struct states_effects effects;

	if (!states_update_groups(map))
		return;
	effects = states_weigh(map, news);
	if (effects.enable) {
		orders_send(map, mp_order_enable_group(effects.enable), 0);
	}
	if (duties->on_states)
		duties->on_states(map, news);
	/* The group in use changes with the next I/O, without an event. */
	if (effects.look) {
		map->came_up_id = news->which->path.id;
		looks_want(map->inventory->daemon);
	} else if (duties->on_groups) {
		duties->on_groups(map, &(struct path_news){ .failed = news->failed,
							    .which = news->which });
	}
}

struct states_difference states_compare(const struct daemon_path *path,
					const struct mp_table_path *before,
					const struct mp_table_path *now)
{
	const struct daemon_map *map = daemon_map_of(path->path.map);
	bool was_failed = before && before->state == MP_DM_FAILED;
	bool is_bad = path->path.wrong_wwid || path->path.checker_disabled ||
		      mp_path_state_is_bad(path->answered_state);
	/* Even if another program has reinstated it since. */
	bool doubt = now->failures > (before ? before->failures : 0) ||
		     (now->state == MP_DM_FAILED && !was_failed);

	return (struct states_difference){
		.doubt = doubt,
		.check = doubt && now->state == MP_DM_ACTIVE,
		.fail_again = was_failed && now->state == MP_DM_ACTIVE && map->kind->managed &&
			      is_bad,
	};
}

static void states_take_difference(struct daemon_map *map, struct daemon_path *path,
				   const struct states_difference *difference)
{
	if (difference->doubt)
		loads_doubt(path);
	if (difference->check)
		schedule_now(path);
	if (!difference->fail_again)
		return;
	log_notice("%s: %s was reinstated by another program, but is not usable: failed again",
		   map->map.name, mp_path_name(&path->path));
	orders_send(map, mp_order_fail_path(path->path.identity.devt), 0);
}

/* Takes *kernel. */
void states_replace(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	struct mp_kernel_map before = map->map.kernel;
	struct mp_path *path;

	map->map.kernel = *kernel;
	*kernel = (struct mp_kernel_map){ 0 };
	mp_map_update_groups(&map->map);
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct mp_table_path *now =
			mp_table_find(&map->map.kernel.table, path->identity.devt);
		struct states_difference difference;

		if (!now)
			continue;
		difference = states_compare(daemon_path_of(path),
					    mp_table_find(&before.table, path->identity.devt), now);
		states_take_difference(map, daemon_path_of(path), &difference);
	}
	mp_dm_map_fini(&before);
	if (mp_map_has_strangers(&map->map))
		maps_forget_strange(map->inventory);
	paths_let_go(map->inventory);
}

void states_log(const struct daemon_path *path, enum mp_path_state old, const char *message)
{
	const struct mp_map *map = path->path.map;
	const char *reason = message[0] ? ": " : "";
	unsigned active = map ? mp_map_active_paths(map) : 0;

	if (path->path.state == MP_PATH_DELAYED)
		return; /* the reason for holding it back has been logged */
	if (!map || !map->kernel.exists)
		log_info("%s: %s%s%s", mp_path_name(&path->path),
			 mp_path_state_name(path->path.state), reason, message);
	else if (mp_path_is_active(&path->path))
		log_notice("%s: %s is %s again, %u path%s active", map->name,
			   mp_path_name(&path->path), mp_path_state_name(path->path.state), active,
			   active == 1 ? "" : "s");
	else
		log_notice("%s: %s failed (%s, was %s)%s%s, %u path%s left%s", map->name,
			   mp_path_name(&path->path), mp_path_state_name(path->path.state),
			   mp_path_state_name(old), reason, message, active, active == 1 ? "" : "s",
			   active ? "" :
			   mp_table_has_feature(&map->kernel.table, "queue_if_no_path") ?
				    ": I/O waits" :
				    ": I/O fails");
}

struct states_failure states_judge_failure(const struct daemon_path *path, uint64_t now_usec)
{
	const struct daemon_map *map = daemon_map_of(path->path.map);
	const struct mp_table_path *now =
		mp_table_find(&map->map.kernel.table, path->path.identity.devt);
	struct states_failure failure = {
		.is_new = now && now->state == MP_DM_FAILED && !path->path.checker_disabled &&
			  !path->path.wrong_wwid && mp_path_state_is_active(path->answered_state),
	};

	if (!failure.is_new)
		return failure;
	failure.earliest_usec = path->path.checked_usec + SCHEDULE_RETRY_SEC * usec_per_sec;
	if (map->kind->failed_paths_rest)
		failure.earliest_usec =
			now_usec + path->inventory->process->polling_interval_sec * usec_per_sec;
	return failure;
}

static void states_take_failure(struct daemon_path *path, uint64_t earliest_usec)
{
	enum mp_path_state old = path->answered_state;

	loads_doubt(path);
	path->answered_state = MP_PATH_DOWN;
	path->path.state = MP_PATH_DOWN;
	path->only_io_failed = true;
	paths_doubt_registration(path);
	path->path.interval_sec = path->inventory->process->polling_interval_sec;
	path->path.map->stats.path_faults++;
	states_log(path, old, "the kernel saw an I/O error");
	if (path->inventory->duties->on_failed)
		path->inventory->duties->on_failed(path);
	path->earliest_usec = earliest_usec;
	if (!path->job && earliest_usec > daemon_now_usec(path->inventory->daemon))
		schedule_at(path, earliest_usec);
	else
		schedule_now(path);
}

/* Return: true if the kernel has failed a path since. */
static bool states_take_failures(struct daemon_map *map)
{
	struct mp_path *path, *next;
	bool failed = false;

	cds_list_for_each_entry_safe(path, next, &map->map.paths, in_map) {
		const struct states_failure failure =
			states_judge_failure(daemon_path_of(path),
					     daemon_now_usec(map->inventory->daemon));

		if (failure.is_new)
			states_take_failure(daemon_path_of(path), failure.earliest_usec);
		failed |= failure.is_new;
	}
	return failed;
}

/* The path that the group in use was looked at for. NULL: none, or it is gone. */
static const struct daemon_path *states_take_came_up(struct daemon_map *map)
{
	const struct daemon_path *path =
		map->came_up_id ? paths_find_id(map->inventory, map->came_up_id) : NULL;

	map->came_up_id = 0;
	return path && path->path.map == &map->map ? path : NULL;
}

void states_take(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	const struct duties *duties = map->inventory->duties;
	struct path_news news = { 0 };

	states_replace(map, kernel);
	map->kind->on_table(map);
	news.failed = states_take_failures(map);
	map->kind->on_states(map, news.failed);
	if (states_update_groups(map) && duties->on_states)
		duties->on_states(map, &news);
	news.which = states_take_came_up(map);
	news.came_up = news.which;
	if (map->map.kernel.exists && duties->on_groups)
		duties->on_groups(map, &news);
}

/* Return: why the map must be reconciled, constant; NULL: its table is unchanged. */
static const char *states_find_change(const struct mp_kernel_map *before,
				      const struct mp_kernel_map *now)
{
	_cleanup_strbuf_ struct mp_strbuf old = MP_STRBUF_INIT, new = MP_STRBUF_INIT;

	mp_table_format(&before->table, &old);
	mp_table_format(&now->table, &new);
	if (before->other_target || strcmp(mp_strbuf_text(&old), mp_strbuf_text(&new)))
		return "its table was changed by another program";
	return strcmp(before->name, now->name) ? "it was renamed by another program" : NULL;
}

void states_take_change(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	const char *change = states_find_change(&map->map.kernel, kernel);
	bool renamed = strcmp(map->map.kernel.name, kernel->name);

	states_take(map, kernel);
	if (renamed)
		map->named = false; /* check again whether it may keep that name */
	if (change)
		maps_touch(map, change);
}
