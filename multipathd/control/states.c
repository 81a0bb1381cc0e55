/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/states.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static const uint64_t usec_per_sec = 1000000;

void states_changed(struct daemon_map *map, const struct path_news *news)
{
	const struct duties *duties = map->inventory->duties;
	bool known = news->came_up && news->which;
	char message[48];

	if (mp_map_update_groups(&map->map) < 0)
		log_error("%s: no memory for its groups", map->map.name);
	if (!map->map.kernel.exists)
		return;
	if (known)
		for (size_t i = 0; i < map->map.group_count; i++) {
			const struct mp_group *group = &map->map.groups[i];

			for (size_t k = 0; k < group->path_count; k++)
				if (group->paths[k] == &news->which->path &&
				    group->state == MP_GROUP_DISABLED) {
					snprintf(message, sizeof(message), "enable_group %zu",
						 i + 1);
					orders_send(map, message, 0);
				}
		}
	if (duties->on_states)
		duties->on_states(map, news);
	/* The group in use changes with the next I/O, without an event. */
	if (known && map->map.group_count > 1) {
		map->came_up_id = news->which->path.id;
		looks_want(map->inventory->daemon);
		return;
	}
	if (duties->on_groups)
		duties->on_groups(map, &(struct path_news){ .failed = news->failed,
							    .which = news->which });
}

/*
 * A path that the kernel failed, even if another program has had it reinstated since, may lead
 * elsewhere by now; and one that was reinstated by another program, while it is not good, is failed
 * again. @before: NULL if the map was not known
 */
static void map_compare_path(struct daemon_map *map, struct mp_path *path,
			     const struct mp_table_path *before, const struct mp_table_path *now)
{
	struct daemon_path *managed = daemon_path_of(path);

	if (now->failures > (before ? before->failures : 0) ||
	    (now->state == MP_DM_FAILED && !(before && before->state == MP_DM_FAILED))) {
		mp_path_doubt(path);
		loads_check(map);
		if (now->state == MP_DM_ACTIVE)
			schedule_soon(managed);
	}
	if (!before || before->state != MP_DM_FAILED || now->state != MP_DM_ACTIVE ||
	    !map->kind->managed ||
	    !(path->wrong_wwid || path->checker_disabled ||
	      mp_path_state_is_bad(managed->answered_state)))
		return;
	log_notice("%s: %s was reinstated by another program, but is not good: failed again",
		   map->map.name, mp_path_name(path));
	orders_send_path(map, "fail_path", path->identity.devt, 0);
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

		if (now)
			map_compare_path(map, path,
					 mp_table_find(&before.table, path->identity.devt), now);
	}
	mp_kernel_map_fini(&before);
	if (mp_map_has_strangers(&map->map))
		maps_forget_strange(map->inventory);
	maps_let_go(map->inventory);
}

void states_log(const struct daemon_path *path, enum mp_path_state old, const char *message)
{
	const struct mp_map *map = path->path.map;
	const char *reason = message[0] ? ": " : "";
	unsigned active = map ? mp_map_active_paths(map) : 0;

	if (path->path.state == MP_PATH_DELAYED)
		return; /* why it is held back has been told */
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

/* The kernel failed the path itself: state down, counted, checked soon. */
static void note_kernel_failure(struct daemon_path *path)
{
	enum mp_path_state old = path->answered_state;
	uint64_t earliest = path->path.checked_usec + SCHEDULE_RETRY_SEC * usec_per_sec;

	loads_doubt(path);
	if (!mp_path_state_is_active(old))
		return;
	path->answered_state = MP_PATH_DOWN;
	path->path.state = MP_PATH_DOWN;
	path->registered_key = 0;
	path->path.interval_sec = path->inventory->process->polling_interval_sec;
	path->path.map->stats.path_faults++;
	states_log(path, old, "the kernel saw an I/O error");
	if (path->inventory->duties->on_failed)
		path->inventory->duties->on_failed(path);
	/*
	 * A request that fails everywhere must find no path left: none comes back before its turn.
	 */
	if (daemon_map_of(path->path.map)->kind->failed_paths_rest)
		earliest = daemon_now_usec(path->inventory->daemon) +
			   path->path.interval_sec * usec_per_sec;
	path->earliest_usec = earliest;
	/*
	 * A path that answers the checker, but fails I/O, is not to come and go as fast as it can.
	 */
	if (!path->job && earliest > daemon_now_usec(path->inventory->daemon))
		schedule_at(path, earliest);
	else
		schedule_soon(path);
}

void states_take(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	struct mp_path *path, *next;
	bool failed = false;

	states_replace(map, kernel);
	map->kind->on_table(map);

	cds_list_for_each_entry_safe(path, next, &map->map.paths, in_map) {
		const struct mp_table_path *entry =
			mp_table_find(&map->map.kernel.table, path->identity.devt);

		if (!entry || entry->state != MP_DM_FAILED || path->checker_disabled)
			continue;
		if (mp_path_state_is_active(daemon_path_of(path)->answered_state) &&
		    !path->wrong_wwid) {
			note_kernel_failure(daemon_path_of(path));
			failed = true;
		}
	}
	map->kind->on_states(map, failed);
	states_changed(map, &(struct path_news){ .failed = failed });
	if (map->came_up_id) {
		struct daemon_path *came_up = paths_find_id(map->inventory, map->came_up_id);

		map->came_up_id = 0;
		if (came_up && came_up->path.map == &map->map && map->inventory->duties->on_groups)
			map->inventory->duties->on_groups(map,
							  &(struct path_news){ .came_up = true,
									       .failed = failed,
									       .which = came_up });
	}
}

void states_take_change(struct daemon_map *map, struct mp_kernel_map *kernel)
{
	_cleanup_strbuf_ struct mp_strbuf before = MP_STRBUF_INIT, after = MP_STRBUF_INIT;
	bool renamed = strcmp(map->map.kernel.name, kernel->name);
	bool was_foreign = map->map.kernel.foreign_table;

	mp_table_format(&map->map.kernel.table, &before);
	mp_table_format(&kernel->table, &after);
	states_take(map, kernel);
	if (renamed)
		map->named = false; /* it is asked for again whether it may keep that */
	if (was_foreign || strcmp(mp_strbuf_text(&before), mp_strbuf_text(&after)))
		maps_touch(map, "its table was changed by somebody else");
	else if (renamed)
		maps_touch(map, "it was renamed by somebody else");
}
