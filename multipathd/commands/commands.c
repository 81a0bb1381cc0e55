/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/node.h"
#include "config/check.h"
#include "config/filter.h"
#include "config/permissions.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "kernel/claimant.h"
#include "kernel/dm.h"
#include "kernel/nvme.h"
#include "multipathd/commands/explain.h"
#include "multipathd/commands/grammar.h"
#include "multipathd/commands/rehearsal.h"
#include "multipathd/commands/rulings.h"
#include "multipathd/control/answers.h"
#include "multipathd/control/configure.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/health.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/queueing.h"
#include "multipathd/control/reassign.h"
#include "multipathd/control/reservations.h"
#include "multipathd/control/states.h"
#include "multipathd/control/steps.h"
#include "multipathd/jobs/details.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/server.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "show/json.h"
#include "show/listing.h"
#include "show/report.h"
#include "show/status.h"
#include "show/topology.h"
#include "show/wildcards.h"

static const char not_found[] = "device not found";

/*
 * Who is not root may choose a format, and so how long an answer is; some hundred bytes for each of
 * 10,000 paths.
 */
enum { USERS_TEXT_MAX = 4 << 20 };

static struct mp_show_context call_context(const struct command_call *call)
{
	return (struct mp_show_context){
		.now_usec = daemon_now_usec(call->daemon),
		.verbosity = 2,
		.text_max = call->request->is_root ? 0 : USERS_TEXT_MAX,
	};
}

static bool lists_foreign(const struct daemon *daemon)
{
	return daemon->inventory.options.all_foreign || daemon->inventory.process->lists_nvme;
}

/* Paths that are ours; caller frees. */
static const struct mp_path **all_paths(const struct daemon *daemon, size_t *count)
{
	const struct mp_path **paths = calloc(daemon->inventory.path_count + 1, sizeof(*paths));
	const struct mp_path *path;

	*count = 0;
	if (!paths)
		return NULL;
	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		paths[(*count)++] = path;
	return paths;
}

/* Maps that exist; caller frees. */
static const struct mp_map **all_maps(const struct daemon *daemon, size_t *count)
{
	const struct mp_map **maps = calloc(daemon->inventory.map_count + 1, sizeof(*maps));
	const struct mp_map *map;

	*count = 0;
	if (!maps)
		return NULL;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists)
			maps[(*count)++] = map;
	return maps;
}

static void fail(struct command_call *call, const char *reason)
{
	call->failure = reason;
}

static void fail_unless(struct command_call *call, int error)
{
	if (error < 0)
		fail(call, "");
}

static struct daemon_path *call_path(struct command_call *call)
{
	struct daemon_path *path = paths_find(&call->daemon->inventory, call->arguments[0]);

	if (!path)
		fail(call, not_found);
	return path;
}

static struct daemon_map *call_map(struct command_call *call)
{
	struct daemon_map *map = maps_find(&call->daemon->inventory, call->arguments[0]);

	if (!map)
		fail(call, not_found);
	return map;
}

/* show */

static void serve(struct daemon *daemon, const struct request *request,
		  const struct details *details);

/*
 * What is rarely asked for is not read at discovery, but by a worker now; then the request is
 * served once more. A listing must not change anything that decisions rest on.
 *
 * Return: true if the handler is to end here, false if all of @kinds has been read.
 */
static bool awaits_details(struct command_call *call, unsigned kinds,
			   struct mp_show_context *context)
{
	if (lists_foreign(call->daemon))
		kinds |= DETAILS_FOREIGN;
	if (kinds && !call->details) {
		fail_unless(call, details_read(call->daemon, kinds, call->request, serve));
		call->deferred = !call->failure;
		return true;
	}
	if (kinds & DETAILS_FOREIGN)
		context->foreign = &call->details->foreign;
	return false;
}

static void list_paths(struct command_call *call, const char *format, bool raw)
{
	struct mp_show_context context = call_context(call);
	_cleanup_free_ const struct mp_path **paths = NULL;
	size_t count;

	if (awaits_details(call, strstr(format, "%z") || strstr(format, "%k") ? DETAILS_PATHS : 0,
			   &context))
		return;
	paths = all_paths(call->daemon, &count);
	if (!paths)
		fail(call, "");
	else
		mp_show_paths(&context, paths, count, format, raw, &call->reply);
}

static void list_maps(struct command_call *call, const char *format, bool raw)
{
	struct mp_show_context context = call_context(call);
	_cleanup_free_ const struct mp_map **maps = NULL;
	size_t count;

	if (awaits_details(call, strstr(format, "%k") ? DETAILS_MAPS : 0, &context))
		return;
	maps = all_maps(call->daemon, &count);
	if (!maps)
		fail(call, "");
	else
		mp_show_maps(&context, maps, count, format, raw, &call->reply);
}

static void show_paths(struct command_call *call)
{
	list_paths(call, MP_FORMAT_PATHS, false);
}

static void show_paths_format(struct command_call *call)
{
	list_paths(call, call->arguments[0], false);
}

static void show_paths_raw(struct command_call *call)
{
	list_paths(call, call->arguments[0], true);
}

static void show_path(struct command_call *call)
{
	struct mp_show_context context = call_context(call);
	struct daemon_path *path = call_path(call);
	const struct mp_path *shown;

	if (!path)
		return;
	shown = &path->path;
	mp_show_paths(&context, &shown, 1, MP_FORMAT_PATH, true, &call->reply);
}

static void show_maps(struct command_call *call)
{
	list_maps(call, MP_FORMAT_MAPS, false);
}

static void show_maps_status(struct command_call *call)
{
	list_maps(call, MP_FORMAT_MAPS_STATUS, false);
}

static void show_maps_stats(struct command_call *call)
{
	list_maps(call, MP_FORMAT_MAPS_STATS, false);
}

static void show_maps_format(struct command_call *call)
{
	list_maps(call, call->arguments[0], false);
}

static void show_maps_raw(struct command_call *call)
{
	list_maps(call, call->arguments[0], true);
}

static void show_map_format(struct command_call *call)
{
	struct mp_show_context context = call_context(call);
	struct daemon_map *map = call_map(call);
	_cleanup_free_ const struct mp_map **maps = NULL;
	size_t count;

	if (!map ||
	    awaits_details(call, strstr(call->arguments[1], "%k") ? DETAILS_MAPS : 0, &context))
		return;
	maps = all_maps(call->daemon, &count);
	for (size_t i = 0; maps && i < count; i++)
		if (maps[i] == &map->map)
			mp_show_map(&context, maps, count, i, call->arguments[1], &call->reply);
}

static void show_topology(struct command_call *call)
{
	struct mp_show_context context = call_context(call);
	struct mp_topology_widths widths;
	_cleanup_free_ const struct mp_path **paths = NULL;
	const struct mp_map *map;
	size_t count;

	if (awaits_details(call, 0, &context))
		return;
	paths = all_paths(call->daemon, &count);
	if (!paths) {
		fail(call, "");
		return;
	}
	mp_topology_measure(&context, paths, count, &widths);
	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		if (map->kernel.exists)
			mp_show_topology(&context, map, &widths, &call->reply);
	mp_show_foreign_topologies(&context, &widths, &call->reply);
}

static void show_map_topology(struct command_call *call)
{
	struct mp_show_context context = call_context(call);
	struct daemon_map *map = call_map(call);
	struct mp_topology_widths widths;
	_cleanup_free_ const struct mp_path **paths = NULL;
	size_t count;

	if (!map || awaits_details(call, 0, &context))
		return;
	paths = all_paths(call->daemon, &count);
	if (!paths) {
		fail(call, "");
		return;
	}
	mp_topology_measure(&context, paths, count, &widths);
	mp_show_topology(&context, &map->map, &widths, &call->reply);
}

static void show_maps_json(struct command_call *call)
{
	struct mp_show_context context = call_context(call);
	_cleanup_free_ const struct mp_map **maps = NULL;
	size_t count;

	maps = all_maps(call->daemon, &count);
	if (!maps)
		fail(call, "");
	else
		mp_show_maps_json(&context, maps, count, &call->reply);
}

static void show_map_json(struct command_call *call)
{
	struct mp_show_context context = call_context(call);
	struct daemon_map *map = call_map(call);

	if (map)
		mp_show_map_json(&context, &map->map, &call->reply);
}

static bool daemon_is_busy(struct daemon *daemon)
{
	return daemon->inventory.unanswered || daemon->operations ||
	       !cds_list_empty(&daemon->inventory.dirty) || daemon->status_running;
}

static void show_status(struct command_call *call)
{
	struct mp_status_counts counts = { .busy = daemon_is_busy(call->daemon) };
	const struct mp_path *path;

	cds_list_for_each_entry(path, &call->daemon->inventory.paths, in_all) {
		const struct daemon_path *managed = daemon_path_of(path);

		counts.paths[path->state]++;
		counts.monitored += managed->fd >= 0 || managed->job;
	}
	mp_show_status(&counts, &call->reply);
}

static void show_status_verbose(struct command_call *call)
{
	show_status(call);
	configure_print_state(call->daemon, &call->reply);
}

static void show_daemon(struct command_call *call)
{
	struct daemon *daemon = call->daemon;
	enum daemon_state state = daemon->state;

	if (state == DAEMON_IDLE && daemon_is_busy(daemon))
		state = DAEMON_RUNNING;
	mp_strbuf_printf(&call->reply, "pid %d %s%s\n", (int)getpid(), daemon_state_name(state),
			 daemon->reconfigure_pending ? " (pending reconfigure)" : "");
}

void commands_print_config(struct daemon *daemon, bool local, struct mp_strbuf *out)
{
	_cleanup_free_ const struct mp_identity **identities =
		calloc(daemon->inventory.path_count + 1, sizeof(*identities));
	_cleanup_free_ struct mp_config_map *maps =
		calloc(daemon->inventory.map_count + 1, sizeof(*maps));
	const char *only_wwid = daemon->inventory.options.only_wwid;
	size_t path_count = 0, map_count = 0;
	const struct mp_path *path;
	const struct mp_map *map;

	if (!local) {
		mp_config_print(daemon->inventory.config, out);
		return;
	}
	if (!identities || !maps) {
		out->error = -ENOMEM;
		return;
	}
	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		identities[path_count++] = &path->identity;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists && (!only_wwid || !strcmp(map->wwid, only_wwid)))
			maps[map_count++] =
				(struct mp_config_map){ .wwid = map->wwid, .name = map->name };
	mp_config_print_local(daemon->inventory.config, identities, path_count, maps, map_count,
			      out);
}

/* forcequeueing daemon: a third value, which no file has. */
static void show_forced_queueing(struct mp_strbuf *text)
{
	static const char usual[] = "\n\tqueue_without_daemon \"no\"\n";
	const char *found = strstr(mp_strbuf_text(text), usual);
	_cleanup_strbuf_ struct mp_strbuf forced = MP_STRBUF_INIT;

	if (!found || text->error)
		return;
	mp_strbuf_add(&forced, text->text, found - text->text);
	mp_strbuf_puts(&forced, "\n\tqueue_without_daemon \"forced\"\n");
	mp_strbuf_puts(&forced, found + strlen(usual));
	mp_strbuf_clear(text);
	mp_strbuf_add(text, mp_strbuf_text(&forced), forced.length);
	if (forced.error)
		text->error = forced.error;
}

/* Reservation keys are told to root alone, as getprkey tells them. */
static void hide_keys(struct mp_strbuf *text)
{
	static const char keyword[] = "reservation_key 0x"; /* not "file" */
	char *line = text->text, *to = line, *end;

	for (; line && *line; line = end) {
		size_t indent = strspn(line, "\t ");

		end = strchrnul(line, '\n');
		end += *end == '\n';
		if (!strncmp(line + indent, keyword, strlen(keyword)))
			continue;
		memmove(to, line, end - line);
		to += end - line;
	}
	if (to) {
		*to = '\0';
		text->length = to - text->text;
	}
}

static void show_config_as(struct command_call *call, bool local)
{
	commands_print_config(call->daemon, local, &call->reply);
	if (!call->request->is_root)
		hide_keys(&call->reply);
	if (call->daemon->queue_forced)
		show_forced_queueing(&call->reply);
}

static void show_config(struct command_call *call)
{
	show_config_as(call, false);
}

static void show_config_local(struct command_call *call)
{
	show_config_as(call, true);
}

static void show_blacklist(struct command_call *call)
{
	mp_filter_print(call->daemon->inventory.config, &call->reply);
}

static void show_device(const struct daemon *daemon, const struct details_disk *disk,
			const struct mp_foreign *foreign, struct mp_strbuf *out)
{
	if (foreign && mp_foreign_find(foreign, disk->name))
		mp_strbuf_printf(out, "    %s foreign, monitored\n", disk->name);
	else if (mp_filter_devnode(daemon->inventory.config, disk->name).blacklisted)
		mp_strbuf_printf(out, "    %s devnode blacklisted, unmonitored\n", disk->name);
	else if (paths_find_devt(&daemon->inventory, disk->devt))
		mp_strbuf_printf(out, "    %s  devnode whitelisted, monitored\n", disk->name);
	else
		mp_strbuf_printf(out, "    %s devnode whitelisted, unmonitored\n", disk->name);
}

static void show_devices(struct command_call *call)
{
	struct mp_show_context context = call_context(call);

	if (awaits_details(call, DETAILS_DISKS, &context))
		return;
	mp_strbuf_puts(&call->reply, "available block devices:\n");
	for (size_t i = 0; i < call->details->disk_count; i++)
		show_device(call->daemon, &call->details->disks[i], context.foreign, &call->reply);
	fail_unless(call, call->details->error);
}

static void show_wildcards(struct command_call *call)
{
	mp_show_wildcards(&call->reply);
}

static void explain_as(struct command_call *call, bool json)
{
	int r = explain_request(call->daemon, call->arguments[0], json, call->request,
				&call->reply);

	fail_unless(call, r);
	call->deferred = r > 0;
}

static void explain(struct command_call *call)
{
	explain_as(call, false);
}

static void explain_json(struct command_call *call)
{
	explain_as(call, true);
}

/* Statistics */

static void reset_stats(struct command_call *call)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		map->stats = (struct mp_map_stats){ 0 };
}

static void reset_map_stats(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		map->map.stats = (struct mp_map_stats){ 0 };
}

/* Paths */

static void defer(struct command_call *call, struct daemon_map *map, bool without_map,
		  const char *reason)
{
	if (maps_wait(map, call->request->id, without_map) < 0) {
		fail(call, "");
		return;
	}
	call->deferred = true;
	maps_touch(map, reason);
}

static void defer_to_map(struct command_call *call, struct daemon_map *map, const char *reason)
{
	defer(call, map, false, reason);
}

static void add_path(struct command_call *call)
{
	struct daemon *daemon = call->daemon;
	struct daemon_path *path = paths_find(&daemon->inventory, call->arguments[0]);
	const char *name = path ? mp_path_name(&path->path) : call->arguments[0];
	char dir[MP_PROBE_DIR_SIZE], kernel_name[MP_NAME_SIZE];
	dev_t devt;
	int r;

	if (!strncmp(name, "/dev/", 5))
		name += 5;
	snprintf(kernel_name, sizeof(kernel_name), "%s", name);
	if (mp_filter_devnode(daemon->inventory.config, kernel_name).blacklisted) {
		mp_strbuf_puts(&call->reply, "blacklisted\n");
		return;
	}
	if (path && path->path.map && path->path.map->kernel.exists)
		return;
	r = mp_probe_locate_name(&mp_roots_system, kernel_name, &devt, dir, sizeof(dir));
	if (r >= 0)
		r = discovery_take(daemon, devt, kernel_name, dir, NULL, true);
	if (r == 0) {
		mp_strbuf_puts(&call->reply, "blacklisted\n");
		return;
	}
	path = r < 0 ? NULL : paths_find_devt(&daemon->inventory, devt);
	if (!path) {
		fail(call, "");
		return;
	}
	if (path->path.map)
		defer(call, daemon_map_of(path->path.map), true, "path added by the operator");
}

static void remove_path(struct command_call *call)
{
	struct daemon_path *path = call_path(call);
	struct daemon_map *map;

	if (!path)
		return;
	map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	if (map && map->map.kernel.exists) {
		if (maps_wait(map, call->request->id, false) < 0) {
			fail(call, "");
			return;
		}
		call->deferred = true;
		map->emptied = true;
	}
	discovery_drop(path, "the operator asked for it");
}

static void tell_kernel_of_path(struct command_call *call, struct daemon_path *path,
				const char *verb)
{
	char message[48];

	if (!path->path.map || !path->path.map->kernel.exists) {
		fail(call, "");
		return;
	}
	snprintf(message, sizeof(message), "%s %u:%u", verb, major(path->path.identity.devt),
		 minor(path->path.identity.devt));
	fail_unless(call, orders_send(daemon_map_of(path->path.map), message, call->request->id));
	call->deferred = !call->failure;
}

static void fail_path(struct command_call *call)
{
	struct daemon_path *path = call_path(call);

	if (!path)
		return;
	call->deferred = geoms_change_path(path, "fail", call->request->id);
	if (call->deferred)
		return;
	tell_kernel_of_path(call, path, "fail_path");
	if (call->failure)
		return;
	log_notice("%s: failed by the operator, not checked until it is reinstated",
		   mp_path_name(&path->path));
	path->path.checker_disabled = true;
	path->path.map->stats.path_faults += mp_path_is_active(&path->path);
	path->answered_state = MP_PATH_DOWN;
	path->path.state = MP_PATH_DOWN;
	states_changed(daemon_map_of(path->path.map), false, true, path);
}

static void reinstate_path(struct command_call *call)
{
	struct daemon_path *path = call_path(call);

	if (!path)
		return;
	if (path->path.wrong_wwid) {
		fail(call, "");
		return;
	}
	call->deferred = geoms_change_path(path, "restore", call->request->id);
	if (call->deferred)
		return;
	if (!path->path.map || !path->path.map->kernel.exists ||
	    answers_reinstate(path, call->request->id) < 0) {
		fail(call, "");
		return;
	}
	call->deferred = true;
	log_notice("%s: reinstated by the operator", mp_path_name(&path->path));
}

static void mark_marginal(struct command_call *call, bool marginal)
{
	struct daemon_path *path = call_path(call);

	if (!path)
		return;
	if (!path->path.map || !path->path.map->kernel.exists) {
		fail(call, "");
		return;
	}
	path->path.marginal = marginal;
	if (!marginal)
		health_forgive(path);
	daemon_map_of(path->path.map)->force_reload = true;
	defer_to_map(call, daemon_map_of(path->path.map), "marginal mark changed");
}

static void set_marginal(struct command_call *call)
{
	mark_marginal(call, true);
}

static void unset_marginal(struct command_call *call)
{
	mark_marginal(call, false);
}

static void unset_map_marginal(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	struct mp_path *path;

	if (!map)
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		path->marginal = false;
		health_forgive(daemon_path_of(path));
	}
	map->force_reload = true;
	defer_to_map(call, map, "marginal marks cleared");
}

/* Maps */

static void add_map(struct command_call *call)
{
	struct daemon *daemon = call->daemon;
	const char *text = call->arguments[0];
	struct daemon_map *map = maps_find(&daemon->inventory, text);
	const char *wwid;
	struct mp_path *path;
	struct mp_path *next;

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
	cds_list_for_each_entry_safe(path, next, &daemon->inventory.paths, in_all)
		if (!strcmp(path->identity.wwid, wwid) && !path->map)
			membership_join(daemon_path_of(path), true);
	map = maps_find_wwid(&daemon->inventory, wwid);
	if (!map || cds_list_empty(&map->map.paths)) {
		fail(call, not_found);
		return;
	}
	map->keep_uncreated = false;
	map->forced = true;
	defer_to_map(call, map, "map added by the operator");
}

static void remove_map(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (!map)
		return;
	fail_unless(call, steps_remove(map, false, true, call->request->id));
	call->deferred = !call->failure;
}

/*
 * All maps that the kernel has, also those that the daemon does not know: one job lists them, then
 * each is removed in its own lane, so that one that hangs keeps no other. There is one answer, when
 * all is done.
 */
struct removal_of_all {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	struct mp_dm_listed *listed;
	size_t count, pending;
	bool busy, failed;
};

struct removal_job {
	struct work work;
	struct removal_of_all *all;
	char wwid[MP_WWID_SIZE];
	int error;
};

static void removal_of_all_end(struct removal_of_all *all)
{
	struct mp_map *map;

	all->daemon->operations--;
	daemon_reply(all->daemon, all->request,
		     all->failed ? "fail\n" :
		     all->busy	 ? "fail\nmap or partition in use\n" :
				   "ok\n");
	cds_list_for_each_entry(map, &all->daemon->inventory.maps, in_all)
		daemon_map_of(map)->removing = false;
	looks_want(all->daemon);
	mp_dm_list_free(all->listed, all->count);
	free(all);
}

static void removal_job_run(struct work *work)
{
	struct removal_job *job = caa_container_of(work, struct removal_job, work);
	const struct mp_dm_removal removal = { .only_unused = true };

	job->error = changes_remove_any(job->wwid, &removal);
}

static void removal_job_done(struct work *work)
{
	struct removal_job *job = caa_container_of(work, struct removal_job, work);
	struct removal_of_all *all = job->all;

	if (job->error == -EBUSY)
		all->busy = true;
	else if (job->error < 0 && job->error != -ENODEV)
		all->failed = true;
	free(job);
	if (!--all->pending)
		removal_of_all_end(all);
}

static int removal_start(struct removal_of_all *all, const char *wwid)
{
	struct removal_job *job = calloc(1, sizeof(*job));

	if (!job)
		return -ENOMEM;
	job->all = all;
	snprintf(job->wwid, sizeof(job->wwid), "%s", wwid);
	job->work = (struct work){ .run = removal_job_run,
				   .done = removal_job_done,
				   .lane = lane_of_table(wwid),
				   .exclusive = true };
	all->pending++;
	pool_submit(all->daemon->pool, &job->work);
	return 0;
}

static void removal_list_run(struct work *work)
{
	struct removal_of_all *all = caa_container_of(work, struct removal_of_all, work);

	all->failed = mp_dm_list(&all->listed, &all->count) < 0;
}

static void removal_list_done(struct work *work)
{
	struct removal_of_all *all = caa_container_of(work, struct removal_of_all, work);

	for (size_t i = 0; i < all->count; i++) {
		const char *wwid = mp_dm_wwid(all->listed[i].uuid);

		if (wwid && removal_start(all, wwid) < 0)
			all->failed = true;
	}
	if (!all->pending)
		removal_of_all_end(all);
}

static void remove_maps(struct command_call *call)
{
	struct removal_of_all *all = calloc(1, sizeof(*all));
	struct mp_map *map;

	if (!all) {
		fail(call, "");
		return;
	}
	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		daemon_map_of(map)->removing = true;
	all->daemon = call->daemon;
	all->request = call->request->id;
	all->work = (struct work){ .run = removal_list_run,
				   .done = removal_list_done,
				   .lane = LANE_REMOVALS };
	call->deferred = true;
	call->daemon->operations++;
	pool_submit(call->daemon->pool, &all->work);
}

static void switch_group(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	char *end, message[48];
	unsigned long group;

	if (!map) {
		fail(call, "");
		return;
	}
	group = strtoul(call->arguments[1], &end, 10);
	if (end == call->arguments[1] || *end || group < 1 ||
	    group > map->map.kernel.table.group_count) {
		fail(call, "");
		return;
	}
	map->map.stats.switches++;
	snprintf(message, sizeof(message), "switch_group %lu", group);
	fail_unless(call, orders_send(map, message, call->request->id));
	call->deferred = !call->failure;
}

static struct daemon_map *call_map_by_alias(struct command_call *call)
{
	const char *text = call->arguments[0];
	struct daemon_map *map;

	text = mp_node_name(text);
	map = maps_find_name(&call->daemon->inventory, text);
	if (!map || !map->map.kernel.exists) {
		fail(call, "");
		return NULL;
	}
	if (map->busy) {
		call->postponed = true;
		return NULL;
	}
	return map;
}

static void suspend_map(struct command_call *call)
{
	struct daemon_map *map = call_map_by_alias(call);

	if (!map)
		return;
	fail_unless(call, steps_suspend(map, false, call->request->id));
	call->deferred = !call->failure;
}

static void resume_map(struct command_call *call)
{
	struct daemon_map *map = call_map_by_alias(call);

	if (!map)
		return;
	fail_unless(call, steps_suspend(map, true, call->request->id));
	call->deferred = !call->failure;
}

static void resize_map(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	struct mp_path *path;
	uint64_t size = 0;

	if (!map)
		return;
	/* udev is at work on it, or a worker. */
	if (!map->map.ready || map->busy) {
		call->postponed = true;
		return;
	}
	if (maps_is_geom(map)) {
		fail(call, "gmultipath has made it: stop it and make it anew");
		return;
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		struct mp_identity identity;

		if (mp_probe_identity(&mp_roots_system, path->identity.devt, path->identity.name,
				      daemon_path_of(path)->dir, &identity, NULL) < 0 ||
		    !identity.size_sectors || (size && size != identity.size_sectors)) {
			log_error("%s: not resized: %s has %llu sectors, others %llu",
				  map->map.name, path->identity.name,
				  (unsigned long long)identity.size_sectors,
				  (unsigned long long)size);
			fail(call, "");
			return;
		}
		size = identity.size_sectors;
	}
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		path->identity.size_sectors = size;
	map->allow_resize = true;
	defer_to_map(call, map, "resize");
}

static void reload_map(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (!map)
		return;
	map->force_reload = true;
	defer_to_map(call, map, "reload by the operator");
}

static void reset_map(struct command_call *call)
{
	struct daemon_map *map = call_map_by_alias(call);

	if (!map)
		return;
	fail_unless(call, reassign_start(map, call->request->id));
	call->deferred = !call->failure;
}

static void disable_queueing(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		queueing_disable(map);
}

static void restore_queueing(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		queueing_restore(map);
}

static void disable_all_queueing(struct command_call *call)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		queueing_disable(daemon_map_of(map));
}

static void restore_all_queueing(struct command_call *call)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &call->daemon->inventory.maps, in_all)
		queueing_restore(daemon_map_of(map));
}

/* Persistent reservations */

static void show_flag(struct command_call *call, enum reservation_flag flag)
{
	mp_strbuf_printf(&call->reply, "%s\n", reservation_flag_name(flag));
}

static void get_registered(struct command_call *call)
{
	const struct daemon_map *map = call_map(call);

	if (map)
		show_flag(call, map->reservation.registered);
}

static void register_as(struct command_call *call, const char *listed)
{
	struct daemon_map *map = call_map(call);

	if (!map)
		return;
	fail_unless(call, reservations_register(map, listed, call->request->id));
	call->deferred = !call->failure;
}

static void set_registered(struct command_call *call)
{
	register_as(call, NULL);
}

static void set_listed_registered(struct command_call *call)
{
	register_as(call, call->arguments[1]);
}

static void unset_registered(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		reservations_forget(map);
}

static void get_key(struct command_call *call)
{
	const struct daemon_map *map = call_map(call);

	if (!map)
		return;
	if (map->reservation.key.key)
		mp_strbuf_printf(&call->reply, "0x%llx%s\n",
				 (unsigned long long)map->reservation.key.key,
				 map->reservation.key.aptpl ? ":aptpl" : "");
	else
		mp_strbuf_puts(&call->reply, "none\n");
}

static void write_key(struct command_call *call, struct daemon_map *map, const struct mp_prkey *key)
{
	fail_unless(call, reservations_write_key(map, key, call->request->id));
	call->deferred = !call->failure;
}

static void set_key(struct command_call *call)
{
	struct daemon_map *map = call_map(call);
	struct mp_prkey key;

	if (!map)
		return;
	fail_unless(call, mp_prkey_parse(call->arguments[1], &key));
	if (!call->failure)
		write_key(call, map, &key);
}

static void unset_key(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		write_key(call, map, NULL);
}

static void get_held(struct command_call *call)
{
	const struct daemon_map *map = call_map(call);

	if (map)
		show_flag(call, map->reservation.held);
}

static void set_held(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		map->reservation.held = RESERVATION_SET;
}

static void unset_held(struct command_call *call)
{
	struct daemon_map *map = call_map(call);

	if (map)
		map->reservation.held = RESERVATION_UNSET;
}

/* The daemon */

static void force_daemon_queueing(struct command_call *call)
{
	call->daemon->queue_forced = true;
}

static void restore_daemon_queueing(struct command_call *call)
{
	call->daemon->queue_forced = false;
}

static void reconfigure_as(struct command_call *call, bool all)
{
	_cleanup_strbuf_ struct mp_strbuf errors = MP_STRBUF_INIT;
	int r = configure_again(call->daemon, all, &errors);

	if (r >= 0)
		return;
	mp_strbuf_puts(&call->reply, "fail\n");
	mp_strbuf_puts(&call->reply, mp_strbuf_text(&errors));
	mp_strbuf_printf(&call->reply, "configuration rejected, the old one stays in force: %s\n",
			 strerror(-r));
}

static void reconfigure(struct command_call *call)
{
	reconfigure_as(call, false);
}

static void reconfigure_all(struct command_call *call)
{
	reconfigure_as(call, true);
}

static void rehearse_as(struct command_call *call, bool all, bool json)
{
	fail_unless(call, rehearsal_start(call->daemon, all, json, call->request->id));
	call->deferred = !call->failure;
}

static void rehearse(struct command_call *call)
{
	rehearse_as(call, false, false);
}

static void rehearse_json(struct command_call *call)
{
	rehearse_as(call, false, true);
}

static void rehearse_all(struct command_call *call)
{
	rehearse_as(call, true, false);
}

/* The files as they are now, not the configuration in force. */
struct check_config_job {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	bool json;
	struct mp_strbuf reply;
	int error;
};

static void check_config_job_run(struct work *work)
{
	struct check_config_job *job = caa_container_of(work, struct check_config_job, work);
	const struct mp_config_source source = { .file = CONFIG_FILE, .dir = CONFIG_DIR };
	_cleanup_(mp_report_fini) struct mp_report report = MP_REPORT_INIT;

	job->error = mp_config_check(&source, STATE_DIR, &report);
	if (job->error < 0)
		return;
	mp_permissions_report(&source, STATE_DIR, &report);
	if (job->json) {
		job->error = mp_show_report_json(&report, &job->reply);
		return;
	}
	mp_report_format(&report, &job->reply);
	mp_report_summary(&report, &job->reply);
	job->error = job->reply.error;
}

static void check_config_job_done(struct work *work)
{
	struct check_config_job *job = caa_container_of(work, struct check_config_job, work);

	daemon_reply(job->daemon, job->request,
		     job->error < 0 ? "fail\n" : mp_strbuf_text(&job->reply));
	mp_strbuf_fini(&job->reply);
	free(job);
}

static void check_config_as(struct command_call *call, bool json)
{
	struct check_config_job *job = calloc(1, sizeof(*job));

	if (!job) {
		fail(call, "");
		return;
	}
	job->daemon = call->daemon;
	job->request = call->request->id;
	job->json = json;
	job->work = (struct work){ .run = check_config_job_run,
				   .done = check_config_job_done,
				   .lane = LANE_CHECK_CONFIG,
				   .exclusive = true };
	call->deferred = true;
	pool_submit(call->daemon->pool, &job->work);
}

static void check_config(struct command_call *call)
{
	check_config_as(call, false);
}

static void check_config_json(struct command_call *call)
{
	check_config_as(call, true);
}

static void quit(struct command_call *call)
{
	(void)call;
}

static void shut_down(struct command_call *call)
{
	log_notice("shutdown asked for by a client");
	sd_event_exit(call->daemon->event, 0);
}

/* In the order of the reference that an unknown word prints. */
static const struct command command_table[] = {
	{ "list|show paths", show_paths, ANYBODY, false },
	{ "list|show paths format $format", show_paths_format, ANYBODY, false },
	{ "list|show paths raw format $format", show_paths_raw, ANYBODY, false },
	{ "list|show path $path", show_path, ANYBODY, false },
	{ "list|show maps|multipaths", show_maps, ANYBODY, false },
	{ "list|show status", show_status, ANYBODY, false },
	{ "list|show status verbose", show_status_verbose, ANYBODY, false },
	{ "list|show daemon", show_daemon, ANYBODY, false },
	{ "list|show maps|multipaths status", show_maps_status, ANYBODY, false },
	{ "list|show maps|multipaths stats", show_maps_stats, ANYBODY, false },
	{ "list|show maps|multipaths format $format", show_maps_format, ANYBODY, false },
	{ "list|show maps|multipaths raw format $format", show_maps_raw, ANYBODY, false },
	{ "list|show maps|multipaths topology", show_topology, ANYBODY, false },
	{ "list|show topology", show_topology, ANYBODY, false },
	{ "list|show maps|multipaths json", show_maps_json, ANYBODY, false },
	{ "list|show map|multipath $map topology", show_map_topology, ANYBODY, false },
	{ "list|show map|multipath $map format $format", show_map_format, ANYBODY, false },
	{ "list|show map|multipath $map raw format $format", show_map_format, ANYBODY, false },
	{ "list|show map|multipath $map json", show_map_json, ANYBODY, false },
	{ "list|show config local", show_config_local, ANYBODY, false },
	{ "list|show config", show_config, ANYBODY, false },
	{ "list|show config diff", rehearse, ROOT, false },
	{ "list|show config diff json", rehearse_json, ROOT, false },
	{ "list|show blacklist", show_blacklist, ANYBODY, false },
	{ "list|show devices", show_devices, ANYBODY, false },
	{ "list|show wildcards", show_wildcards, ANYBODY, false },
	{ "explain $device", explain, ANYBODY, false },
	{ "explain $device json", explain_json, ANYBODY, false },
	{ "reset maps|multipaths stats", reset_stats, ROOT, false },
	{ "reset map|multipath $map stats", reset_map_stats, ROOT, false },
	{ "add path $path", add_path, ROOT, false },
	{ "remove|del path $path", remove_path, ROOT, false },
	{ "add map|multipath $map", add_map, ROOT, false },
	{ "remove|del map|multipath $map", remove_map, ROOT, false },
	{ "remove|del maps|multipaths", remove_maps, ROOT, false },
	{ "switch|switchgroup map|multipath $map group $group", switch_group, ROOT, false },
	{ "check config", check_config, ROOT, false },
	{ "check config json", check_config_json, ROOT, false },
	{ "reconfigure", reconfigure, ROOT, false },
	{ "reconfigure all", reconfigure_all, ROOT, false },
	{ "reconfigure --dry-run", rehearse, ROOT, false },
	{ "reconfigure --dry-run json", rehearse_json, ROOT, false },
	{ "reconfigure all --dry-run", rehearse_all, ROOT, false },
	{ "suspend map|multipath $map", suspend_map, ROOT, false },
	{ "resume map|multipath $map", resume_map, ROOT, false },
	{ "resize map|multipath $map", resize_map, ROOT, false },
	{ "reload map|multipath $map", reload_map, ROOT, false },
	{ "reset map|multipath $map", reset_map, ROOT, false },
	{ "reinstate path $path", reinstate_path, ROOT, false },
	{ "fail path $path", fail_path, ROOT, false },
	{ "disablequeueing map|multipath $map", disable_queueing, ROOT, false },
	{ "restorequeueing map|multipath $map", restore_queueing, ROOT, false },
	{ "disablequeueing maps|multipaths", disable_all_queueing, ROOT, false },
	{ "restorequeueing maps|multipaths", restore_all_queueing, ROOT, false },
	{ "quit|exit", quit, ROOT, false },
	{ "shutdown", shut_down, ROOT, false },
	{ "getprstatus map|multipath $map", get_registered, ROOT, false },
	{ "setprstatus map|multipath $map", set_registered, ROOT, false },
	{ "setprstatus map|multipath $map pathlist $pathlist", set_listed_registered, ROOT, false },
	{ "unsetprstatus map|multipath $map", unset_registered, ROOT, false },
	{ "forcequeueing daemon", force_daemon_queueing, ROOT, false },
	{ "restorequeueing daemon", restore_daemon_queueing, ROOT, false },
	{ "getprkey map|multipath $map", get_key, ROOT, false },
	{ "setprkey map|multipath $map key $key", set_key, ROOT, false },
	{ "unsetprkey map|multipath $map", unset_key, ROOT, false },
	{ "setmarginal path $path", set_marginal, ROOT, false },
	{ "unsetmarginal path $path", unset_marginal, ROOT, false },
	{ "unsetmarginal map|multipath $map", unset_map_marginal, ROOT, false },
	{ "getprhold map|multipath $map", get_held, ROOT, false },
	{ "setprhold map|multipath $map", set_held, ROOT, false },
	{ "unsetprhold map|multipath $map", unset_held, ROOT, false },
};

/* multipath -l and -ll */

static const struct daemon_map *list_one(struct daemon *daemon, const char *device)
{
	const struct daemon_map *map;
	const struct daemon_path *path;
	unsigned major, minor;

	if (!strncmp(device, "map:", 4)) {
		map = maps_find_known(&daemon->inventory, device + 4);
		if (!map)
			map = maps_find(&daemon->inventory, device + 4); /* dm-0 */
		path = map ? NULL : paths_find_name(&daemon->inventory, device + 4);
		if (path && path->path.map)
			map = daemon_map_of(path->path.map);
		return map && map->map.kernel.exists ? map : NULL;
	}
	if (sscanf(device, "dev:%u:%u", &major, &minor) != 2)
		return NULL;
	path = paths_find_devt(&daemon->inventory, makedev(major, minor));
	if (path)
		return path->path.map && path->path.map->kernel.exists ?
			       daemon_map_of(path->path.map) :
			       NULL;
	map = maps_find_minor(&daemon->inventory, minor);
	return map && map->map.kernel.devt == makedev(major, minor) ? map : NULL;
}

/* A device that cannot be a path: blacklisted, or without WWID. */
static bool list_device_is_bad(const struct daemon *daemon, const char *device)
{
	unsigned major, minor;

	if (sscanf(device, "dev:%u:%u", &major, &minor) != 2)
		return false;
	return !paths_find_devt(&daemon->inventory, makedev(major, minor)) &&
	       !maps_find_minor(&daemon->inventory, minor);
}

int commands_list(struct daemon *daemon, bool with_checks, int verbosity, bool bold,
		  const char *device, const struct details *details, struct mp_strbuf *out)
{
	struct mp_show_context context = {
		.now_usec = daemon_now_usec(daemon),
		.verbosity = verbosity,
		.unchecked = !with_checks,
		.bold = bold,
	};
	_cleanup_free_ const struct mp_path **paths = NULL;
	_cleanup_(mp_foreign_fini) struct mp_foreign foreign = MP_FOREIGN_INIT;
	const struct mp_map *map;
	size_t count;

	context.no_action = true;
	if (*device) {
		const struct daemon_map *one = list_one(daemon, device);

		if (one)
			mp_show_topology(&context, &one->map, NULL, out);
		return !one && list_device_is_bad(daemon, device) ? 1 : 0;
	}
	if (verbosity >= 3) {
		paths = all_paths(daemon, &count);
		if (paths)
			mp_show_path_list(&context, paths, count, out);
	}
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists)
			mp_show_topology(&context, map, NULL, out);
	if (details)
		context.foreign = &details->foreign;
	else if (lists_foreign(daemon) && mp_nvme_list(&mp_roots_system, &foreign) == 0)
		context.foreign = &foreign;
	mp_show_foreign_topologies(&context, NULL, out);
	return 0;
}

static bool serve_list(struct daemon *daemon, const char *text, const struct details *details,
		       struct mp_strbuf *reply)
{
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	int verbosity, bold, end = 0, status;
	char mode[4];

	if (sscanf(text, "@list %3s %d %d%n", mode, &verbosity, &bold, &end) < 3 || !end)
		return false;
	while (text[end] == ' ')
		end++;
	status = commands_list(daemon, !strcmp(mode, "ll"), verbosity, bold, text + end, details,
			       &out);
	mp_strbuf_printf(reply, "exit %d\n%s", status, mp_strbuf_text(&out));
	if (out.error)
		reply->error = out.error;
	return true;
}

/* "@notes VERBOSITY", or -1 for the configured one. */
static bool serve_notes(struct daemon *daemon, const char *text, struct mp_strbuf *reply)
{
	int verbosity;

	if (sscanf(text, "@notes %d", &verbosity) != 1)
		return false;
	mp_strbuf_puts(reply, "notes\n");
	configure_print_notes(daemon,
			      verbosity < 0 ? daemon->inventory.process->verbosity : verbosity,
			      reply);
	return true;
}

/*
 * Which group is in use changes with the first I/O, without an event. Commands that show it wait
 * for a look at such maps, for a moment: the look is a worker's.
 */
struct waiting_request {
	struct cds_list_head in_waiting;
	struct look_waiter look;
	struct daemon *daemon;
	sd_event_source *timer;
	uint64_t id;
	bool is_root;
	char *text;
};

enum { LOOK_TIMEOUT_USEC = 30000 };

static bool shows_groups(const char *text)
{
	if (*text == '@')
		return !strncmp(text, "@list ", 6);
	return strstr(text, " topo") || strstr(text, " json");
}

static void waiting_request_free(struct waiting_request *waiting)
{
	cds_list_del(&waiting->in_waiting);
	cds_list_del(&waiting->look.in_waiters);
	sd_event_source_disable_unref(waiting->timer);
	free(waiting->text);
	free(waiting);
}

static void waiting_request_serve(struct waiting_request *waiting)
{
	struct daemon *daemon = waiting->daemon;
	const struct request request = { .id = waiting->id,
					 .is_root = waiting->is_root,
					 .text = waiting->text };

	serve(daemon, &request, NULL);
	waiting_request_free(waiting);
}

static int waiting_request_on_timeout(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	waiting_request_serve(userdata);
	return 0;
}

static void waiting_request_on_looked(struct look_waiter *waiter)
{
	CDS_INIT_LIST_HEAD(&waiter->in_waiters);
	waiting_request_serve(caa_container_of(waiter, struct waiting_request, look));
}

void commands_drop_waiting(struct daemon *daemon)
{
	struct waiting_request *waiting, *next;

	cds_list_for_each_entry_safe(waiting, next, &daemon->waiting_requests, in_waiting)
		waiting_request_free(waiting);
	cds_list_for_each_entry_safe(waiting, next, &daemon->postponed_requests, in_waiting)
		waiting_request_free(waiting);
}

void commands_retry(struct daemon *daemon)
{
	CDS_LIST_HEAD(due);
	struct waiting_request *waiting, *next;

	/* Those that are postponed again are for the next time. */
	cds_list_splice(&daemon->postponed_requests, &due);
	CDS_INIT_LIST_HEAD(&daemon->postponed_requests);
	cds_list_for_each_entry_safe(waiting, next, &due, in_waiting)
		if (server_awaits(daemon->server, waiting->id))
			waiting_request_serve(waiting);
		else
			waiting_request_free(waiting);
}

/* Return: NULL without memory */
static struct waiting_request *waiting_request_new(struct daemon *daemon,
						   const struct request *request)
{
	struct waiting_request *waiting = calloc(1, sizeof(*waiting));

	if (!waiting)
		return NULL;
	CDS_INIT_LIST_HEAD(&waiting->in_waiting);
	CDS_INIT_LIST_HEAD(&waiting->look.in_waiters);
	waiting->look.looked = waiting_request_on_looked;
	waiting->daemon = daemon;
	waiting->id = request->id;
	waiting->is_root = request->is_root;
	waiting->text = strdup(request->text);
	if (waiting->text)
		return waiting;
	waiting_request_free(waiting);
	return NULL;
}

/* Return: will it be served later? */
static bool wait_for_look(struct daemon *daemon, const struct request *request)
{
	struct waiting_request *waiting;

	if (!shows_groups(request->text) || !looks_have_unused(daemon))
		return false;
	waiting = waiting_request_new(daemon, request);
	if (!waiting)
		return false;
	if (timers_set(daemon->event, &waiting->timer, daemon_now_usec(daemon) + LOOK_TIMEOUT_USEC,
		       waiting_request_on_timeout, waiting) < 0) {
		waiting_request_free(waiting);
		return false;
	}
	cds_list_add_tail(&waiting->in_waiting, &daemon->waiting_requests);
	looks_await_unused(daemon, &waiting->look);
	return true;
}

void commands_serve(void *userdata, const struct request *request)
{
	struct daemon *daemon = userdata;

	if (!wait_for_look(daemon, request))
		serve(daemon, request, NULL);
}

static bool postpone(struct daemon *daemon, const struct request *request)
{
	struct waiting_request *waiting = waiting_request_new(daemon, request);

	if (!waiting)
		return false;
	cds_list_add_tail(&waiting->in_waiting, &daemon->postponed_requests);
	return true;
}

static void serve(struct daemon *daemon, const struct request *request,
		  const struct details *details)
{
	struct command_call call = { .daemon = daemon, .request = request, .details = details };
	struct command_line line;
	enum grammar_result result;

	if (!strncmp(request->text, "@list ", 6) && lists_foreign(daemon) && !details &&
	    details_read(daemon, DETAILS_FOREIGN, request, serve) == 0)
		return;
	if (!strncmp(request->text, "@list ", 6) &&
	    serve_list(daemon, request->text, details, &call.reply))
		goto reply;
	if (!strncmp(request->text, "@notes ", 7) && request->is_root &&
	    serve_notes(daemon, request->text, &call.reply))
		goto reply;
	if (!strncmp(request->text, MP_CLAIMANT_WORD, strlen(MP_CLAIMANT_WORD)) &&
	    request->is_root && rulings_serve(daemon, request->text, &call.reply))
		goto reply;

	if (request->is_root && geoms_serve(daemon, request->id, request->text))
		return;

	result = grammar_parse(command_table, ARRAY_SIZE(command_table), request->text, &line);
	if (result != GRAMMAR_OK) {
		grammar_error(result, command_table, ARRAY_SIZE(command_table), request->text,
			      &call.reply);
		goto reply;
	}
	if (line.command->privilege == ROOT && !request->is_root) {
		mp_strbuf_puts(&call.reply, "fail\npermission deny: need to be root\n");
		goto reply;
	}
	log_debug("command: %s", request->text);
	call.arguments = line.arguments;
	line.command->handler(&call);
	if (call.postponed && !postpone(daemon, request))
		call.failure = "";
	if (call.deferred || (call.postponed && !call.failure)) {
		mp_strbuf_fini(&call.reply);
		return;
	}
	if (call.failure) {
		mp_strbuf_clear(&call.reply);
		mp_strbuf_printf(&call.reply, "fail\n%s%s", call.failure,
				 *call.failure ? "\n" : "");
	} else if (!call.reply.length) {
		mp_strbuf_puts(&call.reply, "ok\n");
	}
reply:
	if (call.reply.error)
		server_reply(daemon->server, request->id, "fail\n", strlen("fail\n"));
	else
		server_reply(daemon->server, request->id, call.reply.text, call.reply.length);
	mp_strbuf_fini(&call.reply);
}
