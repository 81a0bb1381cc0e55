/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/map_commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/node.h"
#include "config/filter.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/commands/removals.h"
#include "multipathd/control/fabric.h"
#include "multipathd/control/health.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/queueing.h"
#include "multipathd/control/reassign.h"
#include "multipathd/control/steps.h"
#include "multipathd/jobs/readings.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

void map_command_reset_all_stats(struct command_call *call)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		map->stats = (struct mp_map_stats){ 0 };
}

void map_command_reset_stats(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		map->map.stats = (struct mp_map_stats){ 0 };
}

void map_command_add(struct command_call *call)
{
	struct daemon *daemon = call->daemon;
	const char *text = call->arguments[0];
	struct daemon_map *map = maps_find(&daemon->inventory, text);
	struct daemon_path *path;
	const char *wwid;

	if (map)
		return;
	text = mp_node_name(text);
	wwid = mp_config_wwid_of_alias(daemon->inventory.config, text);
	if (!wwid)
		wwid = mp_bindings_wwid(daemon->inventory.bindings, text);
	if (!wwid)
		wwid = text;
	if (mp_filter_wwid(daemon->inventory.config, wwid).blacklisted) {
		mp_strbuf_puts(&call->reply, "blacklisted\n");
		return;
	}
	while ((path = paths_find_orphan(&daemon->inventory, wwid)))
		if (membership_join(path, true) < 0)
			break;
	map = maps_find_wwid(&daemon->inventory, wwid);
	if (!map || cds_list_empty(&map->map.paths)) {
		call_fail_not_found(call);
		return;
	}
	map->keep_uncreated = false;
	map->forced = true;
	call_await_map(call, map, false, "map added by the operator");
}

void map_command_remove(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (!map)
		return;
	call_answer_later(call, steps_remove(map, false, true, call->request->id));
}

void map_command_switch_group(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	char *end;
	unsigned long group;

	if (!map) {
		call_fail(call, "");
		return;
	}
	group = strtoul(call->arguments[1], &end, 10);
	if (end == call->arguments[1] || *end || group < 1 ||
	    group > map->map.kernel.table.group_count) {
		call_fail(call, "");
		return;
	}
	map->map.stats.switches++;
	call_answer_later(call, orders_send(map, mp_order_switch_group(group), call->request->id));
}

/* Return: what a worker has read of it; NULL: nothing, or it has changed since. */
static const struct mp_reading *resize_find(const struct command_call *call,
					    const struct mp_path *path)
{
	for (size_t i = 0; call->details && i < call->details->reading_count; i++) {
		const struct disk_reading *reading = &call->details->readings[i];

		if (!strcmp(reading->disk.name, path->identity.name))
			return readings_are_current(call->daemon, reading) ? &reading->disk : NULL;
	}
	return NULL;
}

static void resize_read(struct command_call *call, const struct daemon_map *map)
{
	_cleanup_free_ const char **names = NULL;
	const struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	names = calloc(count + 1, sizeof(*names));
	if (!names) {
		call_fail(call, "");
		return;
	}
	count = 0;
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		names[count++] = path->identity.name;
	call_read(call, names, count);
}

void map_command_resize(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	struct mp_path *path;
	uint64_t size = 0;

	if (!map)
		return;
	/* udev or a worker is processing it. */
	if (!map->map.ready || map->busy) {
		call->postponed = true;
		return;
	}
	if (!map->kind->managed) {
		call_fail(call, "managed by gmultipath: stop and recreate it there");
		return;
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct mp_reading *disk = resize_find(call, path);
		uint64_t size_sectors;

		if (!disk) {
			resize_read(call, map);
			return;
		}
		size_sectors = disk->error < 0 || disk->devt != path->identity.devt ?
				       0 :
				       disk->identity.size_sectors;
		if (!size_sectors || (size && size != size_sectors)) {
			log_error("%s: not resized: %s has %llu sectors, others %llu",
				  map->map.name, path->identity.name,
				  (unsigned long long)size_sectors, (unsigned long long)size);
			call_fail(call, "");
			return;
		}
		size = size_sectors;
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		path->identity.size_sectors = size;
	map->resize = MP_RESIZE_GROW_SHRINK;
	call_await_map(call, map, false, "resize");
}

void map_command_reload(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (!map)
		return;
	map->force_reload = true;
	call_await_map(call, map, false, "reload by the operator");
}

void map_command_reassign(struct command_call *call)
{
	struct daemon_map *map = call_map_by_name(call);

	if (!map)
		return;
	call_answer_later(call, reassign_start(map, call->request->id));
}

void map_command_clear_marginal(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	struct mp_path *path;

	if (!map)
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		path->marginal = false;
		health_forgive(daemon_path_of(path));
		fabric_forgive(daemon_path_of(path));
	}
	map->force_reload = true;
	call_await_map(call, map, false, "marginal marks cleared");
}

void map_command_remove_all(struct command_call *call)
{
	call_answer_later(call, removals_start(call->daemon, call->request->id));
}

void map_command_suspend(struct command_call *call)
{
	struct daemon_map *map = call_map_by_name(call);

	if (map)
		call_answer_later(call, steps_suspend(map, command_undoes(call->command),
						      call->request->id));
}

static void set_queueing(struct daemon_map *map, const struct command *command)
{
	if (command_undoes(command))
		queueing_restore(map);
	else
		queueing_disable(map);
}

void map_command_disable_queueing(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		set_queueing(map, call->command);
}

void map_command_disable_all_queueing(struct command_call *call)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		set_queueing(daemon_map_of(map), call->command);
}
