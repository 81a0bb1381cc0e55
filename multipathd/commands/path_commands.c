/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/path_commands.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "config/filter.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/control/answers.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/geom_verbs.h"
#include "multipathd/control/fabric.h"
#include "multipathd/control/health.h"
#include "multipathd/control/inspections.h"
#include "multipathd/jobs/readings.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static bool has_existing_map(const struct daemon_path *path)
{
	return path->path.map && path->path.map->kernel.exists;
}

void path_command_add(struct command_call *call)
{
	struct daemon *daemon = call->daemon;
	struct daemon_path *path = paths_find(&daemon->inventory, call->arguments[0]);
	const char *name = path ? mp_path_name(&path->path) : call->arguments[0];
	struct disk_reading *reading;
	char kernel_name[MP_NAME_SIZE];
	int r;

	if (!strncmp(name, "/dev/", 5))
		name += 5;
	snprintf(kernel_name, sizeof(kernel_name), "%s", name);
	if (mp_filter_devnode(daemon->inventory.config, kernel_name).blacklisted) {
		mp_strbuf_puts(&call->reply, "blacklisted\n");
		return;
	}
	if (path && has_existing_map(path))
		return;
	reading = call->details ? &call->details->readings[0] : NULL;
	if (!reading || !readings_are_current(daemon, reading)) {
		call_read(call, &(const char *){ kernel_name }, 1);
		return;
	}
	r = reading->disk.dir[0] ? admission_take(daemon, &reading->disk, INSPECT_RESOLVED) :
				   -ENODEV;
	if (r == 0) {
		mp_strbuf_puts(&call->reply, "blacklisted\n");
		return;
	}
	path = r < 0 ? NULL : paths_find_devt(&daemon->inventory, reading->disk.devt);
	if (!path) {
		call_fail(call, "");
		return;
	}
	if (path->path.map)
		call_await_map(call, daemon_map_of(path->path.map), true,
			       "path added by the operator");
}

void path_command_remove(struct command_call *call)
{
	struct daemon_path *path = call_path(call);
	struct daemon_map *map;

	if (!path)
		return;
	map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	if (map && map->map.kernel.exists) {
		if (maps_wait(map, call->request->id, false) < 0) {
			call_fail(call, "");
			return;
		}
		call->deferred = true;
		map->emptied = true;
	}
	/* Nor do events bring it back that came before. */
	inspections_forget(call->daemon->inspections, path->path.identity.devt,
			   path->path.identity.name);
	discovery_drop(path, "the operator asked for it");
}

void path_command_fail(struct command_call *call)
{
	struct daemon_path *path = call_path(call);

	if (!path)
		return;
	call->deferred = geom_verbs_change_path(path, "fail", call->request->id);
	if (call->deferred)
		return;
	if (!has_existing_map(path)) {
		call_fail(call, "");
		return;
	}
	call_answer_later(call, answers_fail(path, call->request->id));
}

void path_command_reinstate(struct command_call *call)
{
	struct daemon_path *path = call_path(call);

	if (!path)
		return;
	if (path->path.wrong_wwid) {
		call_fail(call, "");
		return;
	}
	call->deferred = geom_verbs_change_path(path, "restore", call->request->id);
	if (call->deferred)
		return;
	if (!has_existing_map(path) || answers_reinstate(path, call->request->id) < 0) {
		call_fail(call, "");
		return;
	}
	call->deferred = true;
	log_notice("%s: reinstated by the operator", mp_path_name(&path->path));
}

void path_command_mark_marginal(struct command_call *call)
{
	bool marginal = !command_undoes(call->command);
	struct daemon_path *path = call_path(call);

	if (!path)
		return;
	if (!has_existing_map(path)) {
		call_fail(call, "");
		return;
	}
	path->path.marginal = marginal;
	if (!marginal) {
		health_forgive(path);
		fabric_forgive(path);
	}
	daemon_map_of(path->path.map)->force_reload = true;
	call_await_map(call, daemon_map_of(path->path.map), false, "marginal mark changed");
}