/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/call.h"

#include "base/node.h"
#include "multipathd/jobs/readings.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

void call_fail(struct command_call *call, const char *reason)
{
	call->failure = reason;
}

void call_fail_not_found(struct command_call *call)
{
	call_fail(call, "device not found");
}

void call_fail_on(struct command_call *call, int error)
{
	if (error < 0)
		call_fail(call, "");
}

void call_answer_later(struct command_call *call, int error)
{
	call_fail_on(call, error);
	call->deferred = !call->failure;
}

void call_read(struct command_call *call, const char *const *names, size_t count)
{
	call_answer_later(call,
			  readings_start(call->daemon, names, count, call->request, call->serve));
}

struct daemon_path *call_path(struct command_call *call)
{
	struct daemon_path *path = paths_find(&call->daemon->inventory, call->arguments[0]);

	if (!path)
		call_fail_not_found(call);
	return path;
}

struct daemon_map *call_map(struct command_call *call)
{
	struct daemon_map *map = maps_find(&call->daemon->inventory, call->arguments[0]);

	if (!map)
		call_fail_not_found(call);
	return map;
}

struct daemon_map *call_map_by_name(struct command_call *call)
{
	struct daemon_map *map =
		maps_find_name(&call->daemon->inventory, mp_node_name(call->arguments[0]));

	if (!map || !map->map.kernel.exists) {
		call_fail(call, "");
		return NULL;
	}
	if (map->busy) {
		call->postponed = true;
		return NULL;
	}
	return map;
}

void call_await_map(struct command_call *call, struct daemon_map *map, bool without_map,
		    const char *reason)
{
	if (maps_wait(map, call->request->id, without_map) < 0) {
		call_fail(call, "");
		return;
	}
	call->deferred = true;
	maps_touch(map, reason);
}
