/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/explain.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/claim.h"
#include "config/detect.h"
#include "config/filter.h"
#include "model/geom.h"
#include "model/grouping.h"
#include "model/plan.h"
#include "multipathd/commands/facts.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/names.h"
#include "multipathd/control/reconcile.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/server.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "show/explanation.h"

/* ---- the explanation, from facts and memory */

static void add_find_multipaths_origin(const struct daemon *daemon, struct mp_trace *trace)
{
	mp_config_trace_origin(daemon->inventory.config, "find_multipaths", trace);
}

static void add_remedy(struct daemon *daemon, const struct facts *facts, struct mp_strbuf *buf)
{
	mp_filter_remedy(daemon->inventory.config, &facts->disk.identity, facts->disk.known,
			 facts->uid_attribute, buf);
}

static struct mp_filter_verdict explain_filter(struct daemon *daemon, const struct facts *facts,
					       struct mp_explanation *out)
{
	struct mp_explained *section = mp_explanation_add(out, "filter");
	struct mp_filter_verdict verdict = mp_filter_trace(daemon->inventory.config,
							   &facts->disk.identity, facts->disk.known,
							   facts->uid_attribute, &section->trace);

	if (verdict.blacklisted) {
		mp_strbuf_printf(&section->answer, "blacklisted by %s",
				 mp_filter_criterion_name(verdict.criterion));
		/* Such a device is no path even without a blacklist. */
		if (facts->error == 0)
			add_remedy(daemon, facts, &section->change);
	} else {
		mp_strbuf_puts(&section->answer, "not blacklisted");
	}
	return verdict;
}

/* The device has a WWID, but the configured udev property is missing. */
static void wwid_remedy(const struct facts *facts, const struct mp_trace_row *attribute,
			struct mp_strbuf *buf)
{
	bool by_name = attribute && attribute->section && strstr(attribute->section, "uid_attrs");

	if (by_name)
		mp_strbuf_puts(buf, "remove from uid_attrs: the record for its kernel name");
	else
		mp_strbuf_puts(buf, "set: uid_attribute \"\"");
	if (attribute && attribute->file)
		mp_strbuf_printf(buf, " (%s:%u)", attribute->file, attribute->line);
	mp_strbuf_printf(buf, "%s: its WWID will be %s\n", by_name ? "" : ", where it is set now",
			 facts->page_wwid);
}

static void explain_wwid(const struct facts *facts, const struct mp_trace *settings,
			 struct mp_explanation *out)
{
	struct mp_explained *section = mp_explanation_add(out, "wwid");
	const struct mp_trace_row *attribute = mp_trace_find(settings, "uid_attribute");
	const char *value = facts->disk.known && *facts->uid_attribute ?
				    mp_props_get(facts->disk.known, facts->uid_attribute) :
				    NULL;
	struct mp_trace_row *row;

	mp_strbuf_puts(&section->answer,
		       *facts->disk.identity.wwid ? facts->disk.identity.wwid : "none");
	row = mp_trace_add(&section->trace, "uid_attribute", value && *value, "%s%s",
			   *facts->uid_attribute ? "udev property " :
						   "none: read from the device itself",
			   facts->uid_attribute);
	if (attribute && attribute->section)
		mp_trace_origin(&section->trace, row, attribute->file, attribute->line, "%s",
				attribute->section);
	if (value && *value)
		return;
	if (*facts->uid_attribute)
		mp_trace_add(&section->trace, "udev", false,
			     facts->disk.known ? "has no such property" :
						 "does not know the device");
	if (*facts->disk.identity.wwid)
		mp_trace_add(&section->trace, "device", true, "reported by the device itself");
	else if (*facts->page_wwid)
		wwid_remedy(facts, attribute, &section->change);
}

static void explain_claim(struct daemon *daemon, const struct facts *facts,
			  const struct daemon_map *map, bool blacklisted,
			  struct mp_explanation *out)
{
	struct mp_explained *section = mp_explanation_add(out, "udev");
	struct mp_claim_input input = {
		.mode = daemon->inventory.process->find_multipaths,
		.held_by_map = facts->held_by_map,
		.is_disk = true,
		.blacklisted = blacklisted,
		.has_wwid = *facts->disk.identity.wwid,
		.labeled = claims_by_label(&daemon->inventory, facts->scanned),
		.marked_failed = facts->marked_failed,
		.in_use = facts->in_use,
		.wwid_known = mp_wwids_has(daemon->inventory.wwids, facts->disk.identity.wwid),
		.map_exists = map && map->map.kernel.exists,
	};
	struct mp_claim_verdict verdict = mp_claim_trace(&input, &section->trace);

	mp_strbuf_printf(&section->answer, "%s multipath: %s",
			 verdict.claim == MP_CLAIM_NO	 ? "not claimed for" :
			 verdict.claim == MP_CLAIM_MAYBE ? "may be claimed for" :
							   "claimed for",
			 verdict.reason);
	/* Already blacklisted: the map is removed when its last user closes it. */
	if (!blacklisted && (!map || map->kind->managed))
		mp_claim_remedy(daemon->inventory.config, &input, facts->disk.identity.wwid,
				&section->change);
	add_find_multipaths_origin(daemon, &section->trace);
}

static void add_path_count(const struct daemon_map *map, struct mp_strbuf *buf)
{
	const struct mp_path *path;
	unsigned count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	mp_strbuf_printf(buf, "%u path%s", count, count == 1 ? "" : "s");
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		mp_strbuf_printf(buf, " %s", mp_path_name(path));
}

static bool is_elsewhere(const struct mp_path *path)
{
	return maps_find_holder(daemon_path_of(path)->inventory, path->map, path->identity.devt);
}

static bool has_elsewhere(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (is_elsewhere(path))
			return true;
	return false;
}

/*
 * What keeps a permitted map from being created; NULL: no known obstacle.
 * @disk_in_use: something else uses the disk that was asked about
 */
static const char *find_obstacle(const struct daemon_map *map, bool disk_in_use)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	const struct mp_step *rejected;

	if (map->map.kernel.exists)
		return NULL;
	if (map->keep_uncreated)
		return "it was removed by hand";
	if (map->load_failures)
		return disk_in_use ? "the kernel refused it while something else uses the disk" :
				     "the kernel refused it";
	if (reconcile_plan(map, true, &plan) < 0)
		return NULL;
	rejected = mp_plan_find(&plan, MP_STEP_REJECT);
	if (rejected)
		return rejected->reason;
	if (plan.awaits_proof)
		return "no path has reported the WWID of this LUN yet";
	return !plan.count && has_elsewhere(map) ? "another map has its paths" : NULL;
}

/* Whether the map exists. Return: true if it may be created. */
static bool explain_allowed(struct daemon *daemon, const struct daemon_map *map, bool disk_in_use,
			    struct mp_explanation *out)
{
	struct mp_explained *section = mp_explanation_add(out, "map");
	const char *reason = NULL;
	bool allowed = claims_allow(map, &reason, &section->trace);
	const char *obstacle;

	obstacle = allowed ? find_obstacle(map, disk_in_use) : NULL;
	mp_strbuf_printf(&section->answer, "%s: %s", allowed ? "allowed" : "not allowed",
			 reason ? reason : "not wanted");
	if (obstacle)
		mp_strbuf_printf(&section->answer, ", but not created: %s", obstacle);
	if (obstacle && (map->keep_uncreated || map->load_failures))
		mp_strbuf_printf(&section->change, "%smultipathd add map %s\n",
				 map->load_failures && disk_in_use ?
					 "end what uses the disk (lsblk shows it), then: " :
					 "",
				 map->map.wwid);
	else if (!obstacle)
		mp_claim_remedy_map(daemon->inventory.config, map->map.wwid, allowed,
				    &section->change);
	add_find_multipaths_origin(daemon, &section->trace);
	return allowed;
}

static void explain_path_settings(struct daemon *daemon, const struct facts *facts,
				  struct mp_explained *section)
{
	struct mp_path_settings settings;

	mp_config_trace_path_settings(daemon->inventory.config, &facts->disk.identity, &settings,
				      &section->trace);
	mp_detect_checker(&settings, &facts->disk.identity, &section->trace);
	mp_detect_prioritizer(&settings, &facts->disk.identity, &section->trace);
}

/* Why the existing kernel map does not contain this path. */
static const char *why_unused(const struct mp_path *path)
{
	uint64_t size = path->identity.size_sectors;

	if (path->wrong_wwid)
		return "it leads to another LUN";
	if (is_elsewhere(path))
		return "another map has it";
	if (size && size != path->map->kernel.table.size_sectors)
		return "it has another size";
	if (path->identity.offline)
		return "it is offline";
	if (!mp_path_is_proven(path))
		return "it has not reported the WWID of this LUN since its last failure";
	return "it has not been added yet";
}

static void summarize_path(const struct daemon_path *path, struct mp_strbuf *buf)
{
	const struct mp_kernel_map *kernel = path && path->path.map ? &path->path.map->kernel :
								      NULL;

	if (kernel && kernel->exists && mp_table_find(&kernel->table, path->path.identity.devt)) {
		mp_strbuf_printf(buf, "a path of %s", kernel->name);
		if (!daemon_map_of(path->path.map)->kind->paths_by_table &&
		    strcmp(path->path.map->wwid, path->path.identity.wwid))
			mp_strbuf_printf(buf, " (WWID %s) while that map is in use, then of %s",
					 path->path.map->wwid, path->path.identity.wwid);
	} else if (kernel && kernel->exists) {
		mp_strbuf_printf(buf, "a path, but not in use by %s: %s", kernel->name,
				 why_unused(&path->path));
	} else if (path && *path->path.identity.wwid) {
		mp_strbuf_puts(buf, "a path, but not in a map");
	} else {
		mp_strbuf_puts(buf, "not a path");
	}
}

/* The daemon keeps the paths of a map that the operator removed, and forgets the map. */
static void explain_removed(const struct facts *facts, struct mp_explanation *out)
{
	struct mp_explained *section = mp_explanation_add(out, "map");

	mp_strbuf_puts(&section->answer, "not created: it was removed by hand");
	mp_strbuf_printf(&section->change, "multipathd add map %s\n", facts->disk.identity.wwid);
}

/* Maps managed by gmultipath stay as they were created by hand. */
static void explain_geom(const struct daemon_map *map, const char *path, struct mp_explanation *out)
{
	struct mp_explained *section = mp_explanation_add(out, "map");

	mp_strbuf_printf(&section->answer,
			 "%s is managed by gmultipath: multipath.conf does not apply to it",
			 map->map.name);
	if (path)
		mp_strbuf_printf(&section->change, "gmultipath remove %s %s\n", map->map.name,
				 path);
	else
		mp_strbuf_printf(&section->change, "gmultipath destroy %s\n", map->map.name);
}

static void explain_disk(struct daemon *daemon, const struct facts *facts,
			 struct mp_explanation *out)
{
	const struct daemon_path *path = paths_find_devt(&daemon->inventory, facts->disk.devt);
	struct mp_explained settings = { .name = "settings" };
	struct mp_filter_verdict verdict;
	struct daemon_map *map;

	mp_strbuf_printf(&out->subject, "%s", facts->disk.name);
	if (facts->error < 0) {
		mp_strbuf_printf(&out->summary, "not a path: %s",
				 facts->error == -EOPNOTSUPP ?
					 "devices of this kind cannot be paths" :
				 facts->error == -EPERM ?
					 "hidden, multipathed by the kernel itself" :
					 strerror(-facts->error));
		explain_filter(daemon, facts, out);
		return;
	}
	explain_path_settings(daemon, facts, &settings);
	map = path && path->path.map ?
		      daemon_map_of(path->path.map) :
	      *facts->disk.identity.wwid ?
		      maps_find_wwid(&daemon->inventory, facts->disk.identity.wwid) :
		      NULL;
	explain_wwid(facts, &settings.trace, out);
	verdict = explain_filter(daemon, facts, out);
	if (verdict.blacklisted) {
		mp_strbuf_printf(&out->summary, "not a path: blacklisted by %s",
				 mp_filter_criterion_name(verdict.criterion));
		if (facts->held_by_map) {
			mp_strbuf_puts(&out->summary, ", although a map holds it");
			explain_claim(daemon, facts, map, true, out);
		}
		mp_trace_fini(&settings.trace);
		return;
	}
	summarize_path(path, &out->summary);
	if (!*facts->disk.identity.wwid)
		mp_strbuf_puts(&out->summary, ": it has no WWID");
	explain_claim(daemon, facts, map, false, out);
	if (map && !map->kind->managed)
		explain_geom(map, facts->disk.name, out);
	else if (map)
		explain_allowed(daemon, map, facts->in_use, out);
	else if (path && path->path.init == MP_INIT_OK)
		explain_removed(facts, out);
	*mp_explanation_add(out, "settings") = settings;
}

static void explain_name(const struct daemon *daemon, const struct daemon_map *map,
			 struct mp_trace *settings)
{
	const char *name = map->map.name,
		   *bound = mp_bindings_alias(daemon->inventory.bindings, map->map.wwid);
	struct mp_trace_row *row = mp_trace_add(settings, "name", false, "\"%s\"", name);
	const struct mp_trace_row *alias = mp_trace_find(settings, "alias");

	if (alias && !strcmp(map->map.settings.alias, name))
		mp_trace_origin(settings, row, alias->file, alias->line,
				"multipaths/multipath, alias");
	else if (bound && !strcmp(bound, name))
		mp_trace_origin(settings, row, STATE_DIR "/bindings", 0, "user_friendly_names");
	else if (!strcmp(map->map.wwid, name))
		mp_trace_origin(settings, row, NULL, 0, "its WWID");
	else
		mp_trace_origin(settings, row, NULL, 0, "the kernel's map has it");
	mp_trace_sort(settings); /* it precedes the keywords */
}

static int explain_map(struct daemon *daemon, struct daemon_map *map, struct mp_explanation *out)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	struct mp_explained *section;
	struct mp_map_settings settings;
	const char *contradiction, *other;
	bool allowed;
	int r;

	mp_strbuf_puts(&out->subject, map->map.name);
	if (map->map.kernel.exists)
		mp_strbuf_printf(&out->summary, "the map of %s, ", map->map.wwid);
	else
		mp_strbuf_printf(&out->summary, "no map for %s, ", map->map.wwid);
	add_path_count(map, &out->summary);
	if (!map->kind->managed) {
		explain_geom(map, NULL, out);
		return 0;
	}
	allowed = explain_allowed(daemon, map, false, out);
	if (!allowed && !map->map.kernel.exists)
		return 0;

	r = reconcile_plan(map, true, &plan);
	if (r < 0)
		return r;
	section = mp_explanation_add(out, "settings");
	mp_config_trace_map_settings(daemon->inventory.config, map->map.wwid, maps_reference(map),
				     &settings, &section->trace);
	explain_name(daemon, map, &section->trace);
	contradiction = names_contradiction(map, &other);
	if (contradiction)
		mp_strbuf_printf(
			&section->change,
			"multipaths { multipath { wwid \"%s\" alias NAME }}: an existing map keeps its "
			"name, although " STATE_DIR "/bindings %s %s\n",
			map->map.wwid, contradiction, other);
	/* What reconciliation would create from them. */
	if (plan.grouping_reason)
		mp_trace_override(&section->trace, "path_grouping_policy",
				  mp_grouping_name(plan.grouping), plan.grouping_reason);
	if (plan.handler_reason)
		mp_trace_override(&section->trace, "hardware_handler", plan.table.handler,
				  plan.handler_reason);
	return 0;
}

/* ---- requests */

static struct daemon_map *find_map(struct daemon *daemon, const char *device)
{
	struct daemon_map *map = maps_find(&daemon->inventory, device);
	unsigned major, minor;
	int end = 0;

	if (map)
		return map;
	if (sscanf(device, "%u:%u%n", &major, &minor, &end) == 2 && !device[end]) {
		map = maps_find_minor(&daemon->inventory, minor);
		return map && map->map.kernel.devt == makedev(major, minor) ? map : NULL;
	}
	return maps_find_known(&daemon->inventory, device);
}

/* Return: 1 if @facts must be read first, 0 if @out is written, negative errno. */
static int explain_begin(struct daemon *daemon, const char *device, bool json, struct facts *facts,
			 struct mp_strbuf *out)
{
	const struct daemon_path *path = paths_find(&daemon->inventory, device);
	struct daemon_map *map = path ? NULL : find_map(daemon, device);
	const char *wwid = NULL;
	unsigned major, minor;
	int end = 0, r;

	if (map) {
		_cleanup_(mp_explanation_fini) struct mp_explanation explanation =
			MP_EXPLANATION_INIT;

		r = explain_map(daemon, map, &explanation);
		if (r == 0)
			mp_explanation_format(&explanation, json, out);
		return r;
	}
	if (path) {
		facts->disk.devt = path->path.identity.devt;
	} else if (sscanf(device, "%u:%u%n", &major, &minor, &end) == 2 && !device[end]) {
		facts->disk.devt = makedev(major, minor);
	} else {
		if (!strncmp(device, "/dev/", 5))
			device += 5;
		if (strlen(device) < sizeof(facts->disk.name) && !strchr(device, '/'))
			strcpy(facts->disk.name, device);
		/* The map does not exist: one of its disks can be explained. */
		wwid = mp_config_wwid_of_alias(daemon->inventory.config, device);
		if (!wwid)
			wwid = mp_bindings_wwid(daemon->inventory.bindings, device);
	}
	snprintf(facts->asked, sizeof(facts->asked), "%s", device);
	snprintf(facts->device, sizeof(facts->device), "%s", wwid ? wwid : device);
	return 1;
}

static int explain_end(struct daemon *daemon, const struct facts *facts, bool json,
		       struct mp_strbuf *out)
{
	_cleanup_(mp_explanation_fini) struct mp_explanation explanation = MP_EXPLANATION_INIT;

	if (!*facts->disk.name) {
		mp_strbuf_printf(out, "%s: %s\n", facts->asked,
				 inventory_name_is_taken(&daemon->inventory, facts->asked, "") ?
					 "a device-mapper device, but not a multipath map" :
					 "no disk, map or WWID with that name");
		return -ENODEV;
	}
	explain_disk(daemon, facts, &explanation);
	mp_explanation_format(&explanation, json, out);
	return 0;
}

int explain_now(struct daemon *daemon, const char *device, bool json, struct mp_strbuf *out)
{
	_cleanup_(facts_fini) struct facts facts = { 0 };
	int r = explain_begin(daemon, device, json, &facts, out);

	if (r <= 0)
		return r;
	facts_find(&facts);
	r = facts_resolve(daemon, &facts);
	if (r < 0)
		return r;
	facts_find_wwid(&facts);
	return explain_end(daemon, &facts, json, out);
}

/* A client that disconnects does not cancel the work begun for it. */
enum { JOBS_FOR_USERS = 4 };

struct explain {
	unsigned jobs_for_users;
};

int explain_new(struct explain **ret)
{
	*ret = calloc(1, sizeof(**ret));
	return *ret ? 0 : -ENOMEM;
}

struct explain *explain_free(struct explain *explain)
{
	free(explain);
	return NULL;
}

struct explain_job {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	bool for_user; /* not for root */
	uint64_t spent_usec;
	bool json;
	bool second; /* step */
	struct facts facts;
};

static void explain_job_run(struct work *work)
{
	struct explain_job *job = caa_container_of(work, struct explain_job, work);
	uint64_t begin = pool_cpu_usec();

	if (job->second)
		facts_find_wwid(&job->facts);
	else
		facts_find(&job->facts);
	job->spent_usec += pool_cpu_usec() - begin;
}

static void explain_job_done(struct work *work)
{
	struct explain_job *job = caa_container_of(work, struct explain_job, work);
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT, reply = MP_STRBUF_INIT;
	struct daemon *daemon = job->daemon;
	int r;

	if (work->skipped) {
		r = -ECANCELED;
	} else if (!job->second) {
		r = facts_resolve(daemon, &job->facts);
		if (r == 0) {
			job->second = true;
			job->work = (struct work){ .run = explain_job_run,
						   .done = explain_job_done,
						   .lane = LANE_EXPLAIN };
			pool_submit(daemon->pool, &job->work);
			return;
		}
	} else {
		r = explain_end(daemon, &job->facts, job->json, &out);
		if (out.error)
			r = out.error;
	}
	if (r < 0)
		mp_strbuf_printf(&reply, "fail\n%s", mp_strbuf_text(&out));
	if (job->for_user) {
		daemon->explain->jobs_for_users--;
		if (daemon->server)
			server_charge_users(daemon->server, job->spent_usec);
	}
	daemon_reply(daemon, job->request, mp_strbuf_text(r < 0 ? &reply : &out));
	facts_fini(&job->facts);
	free(job);
}

int explain_request(struct daemon *daemon, const char *device, bool json,
		    const struct request *request, struct mp_strbuf *out)
{
	struct explain_job *job;
	int r;

	if (!request->is_root && daemon->explain->jobs_for_users >= JOBS_FOR_USERS)
		return -EBUSY;
	job = calloc(1, sizeof(*job));
	if (!job)
		return -ENOMEM;
	r = explain_begin(daemon, device, json, &job->facts, out);
	if (r <= 0) {
		facts_fini(&job->facts);
		free(job);
		return r;
	}
	job->daemon = daemon;
	job->request = request->id;
	job->for_user = !request->is_root;
	daemon->explain->jobs_for_users += job->for_user;
	job->json = json;
	job->work = (struct work){ .run = explain_job_run,
				   .done = explain_job_done,
				   .lane = LANE_EXPLAIN };
	pool_submit(daemon->pool, &job->work);
	return 1;
}
