/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/show_commands.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "config/filter.h"
#include "multipathd/commands/call.h"
#include "multipathd/commands/config_text.h"
#include "multipathd/commands/explain.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/commands/shown.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/intake.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "show/json.h"
#include "show/listing.h"
#include "show/status.h"
#include "show/topology.h"
#include "show/wildcards.h"

/*
 * Users other than root may choose a format and thus the length of the answer: a few hundred bytes
 * for each of 10,000 paths.
 */
enum { USERS_TEXT_MAX = 4 << 20 };

static struct mp_show_context context_of(const struct command_call *call)
{
	return (struct mp_show_context){
		.now_usec = daemon_now_usec(call->daemon),
		.verbosity = 2,
		.text_max = call->request->is_root ? 0 : USERS_TEXT_MAX,
	};
}

/*
 * Rarely needed details are not read at discovery but by a worker now; then the request is served
 * again. A listing must not change anything that decisions depend on.
 *
 * Return: true if the handler is to end here, false if all of @kinds has been read.
 */
static bool awaits_details(struct command_call *call, unsigned kinds,
			   struct mp_show_context *context)
{
	if (shown_has_foreign(&call->daemon->inventory))
		kinds |= DETAILS_FOREIGN;
	if (kinds && !call->details) {
		call_answer_later(call,
				  details_read(call->daemon, kinds, call->request, call->serve));
		return true;
	}
	if (kinds & DETAILS_FOREIGN)
		context->foreign = &call->details->foreign;
	return false;
}

/* The row's, or the client's. */
static const char *format_of(const struct command_call *call)
{
	return call->command->format ? call->command->format : call->arguments[0];
}

void show_command_paths(struct command_call *call)
{
	bool raw = call->command->options & COMMAND_RAW;
	const char *format = format_of(call);
	struct mp_show_context context = context_of(call);
	_cleanup_free_ const struct mp_path **paths = NULL;
	size_t count;

	if (awaits_details(call, strstr(format, "%z") || strstr(format, "%k") ? DETAILS_PATHS : 0,
			   &context))
		return;
	paths = shown_paths(&call->daemon->inventory, &count);
	if (!paths)
		call_fail(call, "");
	else
		mp_show_paths(&context, paths, count, format, raw, &call->reply);
}

void show_command_maps(struct command_call *call)
{
	bool raw = call->command->options & COMMAND_RAW;
	const char *format = format_of(call);
	struct mp_show_context context = context_of(call);
	_cleanup_free_ const struct mp_map **maps = NULL;
	size_t count;

	if (awaits_details(call, strstr(format, "%k") ? DETAILS_MAPS : 0, &context))
		return;
	maps = shown_maps(&call->daemon->inventory, &count);
	if (!maps)
		call_fail(call, "");
	else
		mp_show_maps(&context, maps, count, format, raw, &call->reply);
}

void show_command_path(struct command_call *call)
{
	struct mp_show_context context = context_of(call);
	struct daemon_path *path = call_path(call);
	const struct mp_path *shown;

	if (!path)
		return;
	shown = &path->path;
	mp_show_paths(&context, &shown, 1, MP_FORMAT_PATH, true, &call->reply);
}

void show_command_map(struct command_call *call)
{
	struct mp_show_context context = context_of(call);
	struct daemon_map *map = call_map(call);
	_cleanup_free_ const struct mp_map **maps = NULL;
	size_t count;

	if (!map ||
	    awaits_details(call, strstr(call->arguments[1], "%k") ? DETAILS_MAPS : 0, &context))
		return;
	maps = shown_maps(&call->daemon->inventory, &count);
	for (size_t i = 0; maps && i < count; i++)
		if (maps[i] == &map->map)
			mp_show_map(&context, maps, count, i, call->arguments[1], &call->reply);
}

void show_command_topology(struct command_call *call)
{
	struct mp_show_context context = context_of(call);
	struct mp_topology_widths widths;
	_cleanup_free_ const struct mp_path **paths = NULL;
	const struct mp_map *map;
	size_t count;

	if (awaits_details(call, 0, &context))
		return;
	paths = shown_paths(&call->daemon->inventory, &count);
	if (!paths) {
		call_fail(call, "");
		return;
	}
	mp_topology_measure(&context, paths, count, &widths);
	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		if (map->kernel.exists)
			mp_show_topology(&context, map, &widths, &call->reply);
	mp_show_foreign_topologies(&context, &widths, &call->reply);
}

void show_command_map_topology(struct command_call *call)
{
	struct mp_show_context context = context_of(call);
	struct daemon_map *map = call_map(call);
	struct mp_topology_widths widths;
	_cleanup_free_ const struct mp_path **paths = NULL;
	size_t count;

	if (!map || awaits_details(call, 0, &context))
		return;
	paths = shown_paths(&call->daemon->inventory, &count);
	if (!paths) {
		call_fail(call, "");
		return;
	}
	mp_topology_measure(&context, paths, count, &widths);
	mp_show_topology(&context, &map->map, &widths, &call->reply);
}

void show_command_maps_json(struct command_call *call)
{
	struct mp_show_context context = context_of(call);
	_cleanup_free_ const struct mp_map **maps = NULL;
	size_t count;

	maps = shown_maps(&call->daemon->inventory, &count);
	if (!maps)
		call_fail(call, "");
	else
		mp_show_maps_json(&context, maps, count, &call->reply);
}

void show_command_map_json(struct command_call *call)
{
	struct mp_show_context context = context_of(call);
	struct daemon_map *map = call_map(call);

	if (map)
		mp_show_map_json(&context, &map->map, &call->reply);
}

void show_command_status(struct command_call *call)
{
	struct mp_status_counts counts = { .busy = daemon_is_busy(call->daemon) };
	const struct mp_path *path;

	cds_list_for_each_entry(path, &call->daemon->inventory.paths, in_all) {
		const struct daemon_path *managed = daemon_path_of(path);

		counts.paths[path->state]++;
		counts.monitored += managed->fd >= 0 || managed->job;
	}
	mp_show_status(&counts, &call->reply);
	if (call->command->options & COMMAND_VERBOSE)
		intake_print_state(call->daemon, &call->reply);
}

void show_command_daemon(struct command_call *call)
{
	struct daemon *daemon = call->daemon;
	enum daemon_state state = daemon->state;

	if (state == DAEMON_IDLE && daemon_is_busy(daemon))
		state = DAEMON_RUNNING;
	mp_strbuf_printf(&call->reply, "pid %d %s%s\n", (int)getpid(), daemon_state_name(state),
			 configure_is_pending(daemon) ? " (pending reconfigure)" : "");
}

void show_command_blacklist(struct command_call *call)
{
	mp_filter_print(call->daemon->inventory.config, &call->reply);
}

static void show_device(const struct daemon *daemon, const struct details_disk *disk,
			const struct mp_foreign *foreign, struct mp_strbuf *out)
{
	if (foreign && mp_foreign_has(foreign, disk->name))
		mp_strbuf_printf(out, "    %s foreign, monitored\n", disk->name);
	else if (mp_filter_devnode(daemon->inventory.config, disk->name).blacklisted)
		mp_strbuf_printf(out, "    %s devnode blacklisted, unmonitored\n", disk->name);
	else if (paths_find_devt(&daemon->inventory, disk->devt))
		mp_strbuf_printf(out, "    %s  devnode whitelisted, monitored\n", disk->name);
	else
		mp_strbuf_printf(out, "    %s devnode whitelisted, unmonitored\n", disk->name);
}

void show_command_devices(struct command_call *call)
{
	struct mp_show_context context = context_of(call);

	if (awaits_details(call, DETAILS_DISKS, &context))
		return;
	mp_strbuf_puts(&call->reply, "available block devices:\n");
	for (size_t i = 0; i < call->details->disk_count; i++)
		show_device(call->daemon, &call->details->disks[i], context.foreign, &call->reply);
	call_fail_on(call, call->details->error);
}

void show_command_config(struct command_call *call)
{
	config_text_print(&call->daemon->inventory, call->command->options & COMMAND_LOCAL,
			  &call->reply);
	if (!call->request->is_root)
		config_text_hide_keys(&call->reply);
	if (call->daemon->queue_forced)
		config_text_force_queueing(&call->reply);
}

void show_command_wildcards(struct command_call *call)
{
	mp_show_wildcards(&call->reply);
}

void show_command_explain(struct command_call *call)
{
	int r = explain_request(call->daemon, call->arguments[0],
				call->command->options & COMMAND_JSON, call->request, &call->reply);

	call_fail_on(call, r);
	call->deferred = r > 0;
}
