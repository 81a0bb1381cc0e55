/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/commands/rehearsal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/strbuf.h"
#include "config/detect.h"
#include "config/filter.h"
#include "config/geom_notes.h"
#include "config/trace.h"
#include "gmultipath/taste.h"
#include "kernel/disk.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "model/plan.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/names.h"
#include "multipathd/control/reconcile.h"
#include "multipathd/jobs/files.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "prioritizers/prioritizer.h"
#include "show/dry_run.h"

/* A disk as the new configuration sees it. */
struct seen {
	struct mp_identity *identity;
	char *rejection; /* why it is not a path; NULL: it is one */
	char *scanned; /* its own WWID as of its last scan; NULL: not asked */
};

/* A device in the table of a map. */
struct held {
	dev_t devt;
	char wwid[MP_WWID_SIZE]; /* of the map */
	struct map_disk disk; /* the worker's answer */
};

struct rehearsal {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	struct rehearsal_options options;
	struct mp_config_source source;
	struct held *held; /* of all maps, by device number */
	size_t held_count;
	bool labels; /* gmultipath knows some: the paths are compared with them */
	/* the worker's answer */
	struct mp_config *config;
	struct mp_bindings *bindings;
	struct mp_wwids *wwids;
	struct mp_strbuf errors; /* of the configuration, a line each */
	struct seen *seen;
	size_t seen_count, seen_size;
	int error;
};

static void rehearsal_free(struct rehearsal *rehearsal)
{
	for (size_t i = 0; i < rehearsal->seen_count; i++) {
		free(rehearsal->seen[i].identity);
		free(rehearsal->seen[i].rejection);
		free(rehearsal->seen[i].scanned);
	}
	free(rehearsal->seen);
	free(rehearsal->held);
	mp_strbuf_fini(&rehearsal->errors);
	mp_bindings_free(rehearsal->bindings);
	mp_wwids_free(rehearsal->wwids);
	mp_config_free(rehearsal->config);
	free(rehearsal);
}

/* ---- on a worker: no other thread has this configuration yet */

static void rehearsal_on_diagnostic(void *userdata, enum mp_severity severity, int level,
				    const char *text)
{
	struct rehearsal *rehearsal = userdata;

	(void)level;
	if (severity != MP_SEVERITY_WARNING)
		mp_strbuf_printf(&rehearsal->errors, "%s\n", text);
}

static struct seen *seen_add(struct rehearsal *rehearsal)
{
	if (rehearsal->seen_count == rehearsal->seen_size) {
		size_t size = rehearsal->seen_size ? rehearsal->seen_size * 2 : 64;
		struct seen *seen = reallocarray(rehearsal->seen, size, sizeof(*seen));

		if (!seen)
			return NULL;
		rehearsal->seen = seen;
		rehearsal->seen_size = size;
	}
	rehearsal->seen[rehearsal->seen_count] = (struct seen){ 0 };
	return &rehearsal->seen[rehearsal->seen_count++];
}

static int held_compare(const void *a, const void *b)
{
	const struct held *x = a, *y = b;

	return (x->devt > y->devt) - (x->devt < y->devt);
}

/* The first one of that device; NULL: none. */
static struct held *held_find(const struct rehearsal *rehearsal, dev_t devt)
{
	const struct held key = { .devt = devt };
	struct held *held =
		bsearch(&key, rehearsal->held, rehearsal->held_count, sizeof(*held), held_compare);

	while (held && held > rehearsal->held && held[-1].devt == devt)
		held--;
	return held;
}

static void held_read(const struct rehearsal *rehearsal, const struct mp_disk *disk, bool rejected)
{
	const struct held *end = rehearsal->held + rehearsal->held_count;

	for (struct held *held = held_find(rehearsal, disk->devt);
	     held && held < end && held->devt == disk->devt; held++) {
		int named = mp_probe_page_names(&mp_roots_system, disk->identity.protocol,
						disk->dir, held->wwid);

		held->disk.leads = claims_leads(held->wwid, named, disk->known);
		held->disk.rejected = rejected;
	}
}

static int rehearsal_on_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	_cleanup_disk_ struct mp_disk disk = MP_DISK_INIT;
	_cleanup_strbuf_ struct mp_strbuf reason = MP_STRBUF_INIT;
	struct rehearsal *rehearsal = userdata;
	struct mp_identity_room room;
	struct seen *seen;

	mp_disk_found(&disk, devt, name, dir);
	if (mp_disk_identify(&disk, &mp_roots_system, &room) < 0)
		return 0;
	mp_disk_read_props(&disk, &mp_roots_system, true);
	if (disk.known)
		mp_probe_apply_props(&disk.identity, disk.known);
	mp_probe_details(&mp_roots_system, dir, &disk.identity, &room);
	mp_disk_find_settings(&disk, rehearsal->config);
	mp_disk_find_wwid(&disk, &mp_roots_system, true);
	seen = seen_add(rehearsal);
	if (!seen)
		return -ENOMEM;
	seen->identity = mp_path_identity_clone(&disk.identity);
	if (!seen->identity) {
		rehearsal->seen_count--;
		return -ENOMEM;
	}
	mp_disk_reason(&disk, rehearsal->config, &reason);
	held_read(rehearsal, &disk, reason.length);
	if (rehearsal->labels) {
		char scanned[MP_WWID_SIZE];

		taste_wwid(devt, scanned, sizeof(scanned));
		seen->scanned = strdup(scanned);
	}
	return reason.error || reason.length ? mp_strbuf_take(&reason, &seen->rejection) : 0;
}

static void rehearsal_run(struct work *work)
{
	struct rehearsal *rehearsal = caa_container_of(work, struct rehearsal, work);
	int r;

	rehearsal->source.diagnostic = rehearsal_on_diagnostic;
	rehearsal->source.userdata = rehearsal;
	r = mp_config_load(&rehearsal->source, &rehearsal->config);
	/* A reconfigure would reject an incomplete file as well. */
	if (r == 0 && rehearsal->errors.length)
		r = -EINVAL;
	if (r == 0)
		r = mp_wwids_new(&rehearsal->wwids);
	if (r == 0)
		r = mp_bindings_new(&rehearsal->bindings);
	if (r == 0) {
		mp_wwids_load(rehearsal->wwids, STATE_DIR);
		mp_bindings_load(rehearsal->bindings, STATE_DIR, true, rehearsal->config, NULL,
				 NULL);
		r = mp_probe_enumerate(&mp_roots_system, rehearsal_on_found, rehearsal);
	}
	rehearsal->error = r;
}

/* ---- on the loop: copies of the daemon's state, with the new configuration */

/* What the copy does not own is the daemon's and does not change in the meantime. */
static struct daemon_map *shadow_map_new(struct inventory *shadow, const char *wwid,
					 const struct daemon_map *live)
{
	struct daemon_map *map;

	if (maps_new(shadow, wwid, &map) < 0)
		return NULL;
	if (live) {
		maps_rename(map, live->map.name);
		map->map.kernel = live->map.kernel;
		map->map.queueing = live->map.queueing;
		map->map.ready = live->map.ready;
		map->not_ready_in_udev = live->not_ready_in_udev;
		map->forced = live->forced;
		map->emptied = live->emptied;
		if (live->configured_alias)
			map->configured_alias = strdup(live->configured_alias);
		maps_remember(map, maps_reference(live));
	}
	return map;
}

/* The priority stays as it is, unless it can be computed without asking the device. */
static void shadow_choose(struct inventory *shadow, struct daemon_path *path)
{
	struct mp_prioritization question = { .fd = -1, .identity = &path->path.identity };
	const struct mp_prioritizer *prioritizer;
	int told;

	mp_config_path_settings(shadow->config, &path->path.identity, &path->settings);
	prioritizer = mp_prioritizer_find(
		mp_detect_prioritizer(&path->settings, &path->path.identity, NULL));
	path->path.prioritizer = prioritizer ? prioritizer->name : NULL;
	if (!prioritizer || !prioritizer->knows)
		return;
	question.args = path->settings.prio_args ? path->settings.prio_args : "";
	told = prioritizer->priority(&question);
	if (told < 0)
		return;
	path->path.priority = told;
	path->path.priority_awaited = false;
}

static int shadow_take(struct inventory *shadow, const struct seen *seen,
		       const struct daemon_path *live)
{
	const struct mp_identity *identity = seen->identity;
	struct mp_identity known;
	struct daemon_path *path;
	struct daemon_map *map;
	const char *wwid;
	int r;

	/* The daemon knows more, unless the WWID would change. */
	if (live && *identity->wwid && *live->path.identity.wwid &&
	    strcmp(identity->wwid, live->path.identity.wwid))
		live = NULL;
	known = live ? live->path.identity : *identity;
	known.serial = identity->serial;
	r = paths_new(shadow, &known, "", &path);
	if (r < 0)
		return r;
	if (live) {
		path->path.init = live->path.init;
		path->path.state = live->path.state;
		path->path.dm_state = live->path.dm_state;
		path->path.priority = live->path.priority;
		path->path.priority_awaited = live->path.priority_awaited;
		path->path.marginal = live->path.marginal;
		path->path.wrong_wwid = live->path.wrong_wwid;
		path->path.epoch = live->path.epoch;
		path->path.proven_epoch = live->path.proven_epoch;
	} else {
		path->path.init = MP_INIT_OK;
		path->path.proven_epoch = path->path.epoch; /* as the first check will find */
	}
	if (seen->scanned)
		path->scanned = strdup(seen->scanned);
	shadow_choose(shadow, path);
	wwid = path->path.identity.wwid;
	map = maps_find_by_table(shadow, path->path.identity.devt);
	if (!map && !*wwid)
		return 0;
	if (!map)
		map = membership_find_user(path);
	if (!map)
		map = maps_find_wwid(shadow, wwid);
	if (!map)
		map = shadow_map_new(shadow, wwid, NULL);
	if (!map)
		return -ENOMEM;
	mp_map_add_path(&map->map, &path->path);
	return 0;
}

static void shadow_fini(struct inventory *shadow)
{
	struct mp_path *path, *next_path;
	struct mp_map *map, *next_map;

	cds_list_for_each_entry_safe(path, next_path, &shadow->paths, in_all)
		paths_free(daemon_path_of(path));
	cds_list_for_each_entry_safe(map, next_map, &shadow->maps, in_all) {
		map->kernel = (struct mp_kernel_map){ 0 };
		maps_free(daemon_map_of(map));
	}
	inventory_fini(shadow);
	free(shadow->listed); /* whose texts are the daemon's */
}

/* Names of other dm devices. Those of our maps may change. */
static int shadow_list(struct inventory *shadow, const struct daemon *daemon)
{
	shadow->listed = calloc(daemon->inventory.listed_count + 1, sizeof(*shadow->listed));
	if (!shadow->listed)
		return -ENOMEM;
	for (size_t i = 0; i < daemon->inventory.listed_count; i++) {
		const char *wwid = mp_dm_wwid(daemon->inventory.listed[i].uuid);

		if (!wwid || !maps_find_wwid(shadow, wwid))
			shadow->listed[shadow->listed_count++] = daemon->inventory.listed[i];
	}
	return 0;
}

static int shadow_hold(struct daemon_map *map, const struct rehearsal *rehearsal)
{
	const struct held *end = rehearsal->held + rehearsal->held_count;
	const struct mp_table *table = &map->map.kernel.table;
	struct map_disk *disks;
	size_t count = 0;

	disks = calloc(mp_table_count(table) + 1, sizeof(*disks));
	if (!disks)
		return -ENOMEM;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			dev_t devt = table->groups[g].paths[p].devt;
			const struct held *held = held_find(rehearsal, devt);

			for (; held && held < end && held->devt == devt; held++)
				if (!strcmp(held->wwid, map->map.wwid))
					disks[count++] = held->disk;
		}
	maps_set_disks(map, disks, count);
	return 0;
}

static int shadow_init(struct inventory *shadow, const struct rehearsal *rehearsal)
{
	const struct daemon *daemon = rehearsal->daemon;
	struct inventory_options options = daemon->inventory.options;
	const struct mp_map *map;
	int r;

	options.rehearsal = true;
	r = inventory_init(shadow, &options, daemon->inventory.kinds, NULL);
	if (r < 0)
		return r;
	mp_config_keep_fabric(rehearsal->config, daemon->inventory.process);
	shadow->config = rehearsal->config;
	shadow->process = mp_config_process(rehearsal->config);
	shadow->bindings = rehearsal->bindings;
	shadow->wwids = rehearsal->wwids;
	shadow->by_table_count = daemon->inventory.by_table_count;
	shadow->geom_notes = daemon->inventory.geom_notes; /* borrowed */
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct daemon_map *copy;

		if (!map->kernel.exists)
			continue;
		copy = shadow_map_new(shadow, map->wwid, daemon_map_of((struct mp_map *)map));
		if (!copy || shadow_hold(copy, rehearsal) < 0)
			return -ENOMEM;
	}
	return shadow_list(shadow, daemon);
}

/* A name is free once the map that holds it has another one. */
static int shadow_name(struct inventory *shadow)
{
	bool again, renamed = true;
	struct mp_map *map;

	for (bool first = true; first || (again && renamed); first = false) {
		again = renamed = false;
		cds_list_for_each_entry(map, &shadow->maps, in_all) {
			struct daemon_map *managed = daemon_map_of(map);
			int r;

			if (!managed->kind->managed || (!first && !managed->name_told))
				continue;
			r = names_rehearse(managed);
			if (r < 0)
				return r;
			again |= managed->name_told;
			renamed |= r > 0;
		}
	}
	return 0;
}

/* As a value: an empty text is none. */
static const char *value_of(const struct mp_trace_row *row)
{
	return !row || !strcmp(row->text, "\"\"") ? "unset" : row->text;
}

/*
 * Values that would change for an object, most of them without loading a table.
 */
static void compare_traces(const char *kind, const char *name, const struct mp_trace *old,
			   const struct mp_trace *new, struct mp_dry_run *changes)
{
	if (old->error || new->error)
		changes->error = -ENOMEM;
	for (size_t i = 0; i < new->count; i++) {
		const struct mp_trace_row *row = &new->rows[i],
					  *before = mp_trace_find(old, row->name);
		const char *was = value_of(before), *is = value_of(row);

		if (!strcmp(was, is))
			continue;
		if (row->file)
			mp_dry_run_add(changes, kind, "set", name, "%s %s -> %s, %s:%u %s",
				       row->name, was, is, row->file, row->line, row->section);
		else
			mp_dry_run_add(changes, kind, "set", name, "%s %s -> %s%s%s", row->name,
				       was, is, row->section ? ", " : "",
				       row->section ? row->section : "");
	}
	for (size_t i = 0; i < old->count; i++)
		if (!mp_trace_find(new, old->rows[i].name) &&
		    strcmp(value_of(&old->rows[i]), "unset"))
			mp_dry_run_add(changes, kind, "set", name, "%s %s -> unset",
				       old->rows[i].name, old->rows[i].text);
}

static const char *if_same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b) ? b : a;
}

/* Accounts are long, and most objects keep their values. */
static bool map_settings_differ(const struct mp_map_settings *a, const struct mp_map_settings *b)
{
	struct mp_map_settings copy;

	memcpy(&copy, a, sizeof(copy));
	copy.selector = if_same(a->selector, b->selector);
	copy.features = if_same(a->features, b->features);
	copy.handler = if_same(a->handler, b->handler);
	copy.alias = if_same(a->alias, b->alias);
	copy.alias_prefix = if_same(a->alias_prefix, b->alias_prefix);
	return memcmp(&copy, b, sizeof(copy)) != 0;
}

static bool path_settings_differ(const struct mp_path_settings *a, const struct mp_path_settings *b)
{
	struct mp_path_settings copy;

	memcpy(&copy, a, sizeof(copy));
	copy.uid_attribute = if_same(a->uid_attribute, b->uid_attribute);
	copy.checker = if_same(a->checker, b->checker);
	copy.hardware_checker = if_same(a->hardware_checker, b->hardware_checker);
	copy.prioritizer = if_same(a->prioritizer, b->prioritizer);
	copy.prio_args = if_same(a->prio_args, b->prio_args);
	copy.vpd_vendor = if_same(a->vpd_vendor, b->vpd_vendor);
	return memcmp(&copy, b, sizeof(copy)) != 0;
}

static void compare_map_settings(const struct rehearsal *rehearsal, const struct daemon_map *live,
				 const struct daemon_map *map, struct mp_dry_run *changes)
{
	_cleanup_(mp_trace_fini) struct mp_trace old = MP_TRACE_INIT, new = MP_TRACE_INIT;
	struct mp_map_settings settings;

	if (live->detect_grouping == map->detect_grouping &&
	    live->detect_grouping_by_tpg == map->detect_grouping_by_tpg &&
	    !map_settings_differ(&live->map.settings, &map->map.settings))
		return;
	mp_config_trace_map_settings(rehearsal->daemon->inventory.config, live->map.wwid,
				     maps_reference(live), &settings, &old);
	mp_config_trace_map_settings(rehearsal->config, map->map.wwid, maps_reference(map),
				     &settings, &new);
	compare_traces("map", live->map.name, &old, &new, changes);
}

static void compare_path_settings(const struct rehearsal *rehearsal, const struct daemon_path *live,
				  struct mp_dry_run *changes)
{
	_cleanup_(mp_trace_fini) struct mp_trace old = MP_TRACE_INIT, new = MP_TRACE_INIT;
	const struct mp_identity *identity = &live->path.identity;
	struct mp_path_settings settings;

	mp_config_path_settings(rehearsal->config, identity, &settings);
	if (!path_settings_differ(&live->settings, &settings))
		return;
	mp_config_trace_path_settings(rehearsal->daemon->inventory.config, identity, &settings,
				      &old);
	mp_detect_checker(&settings, identity, &old);
	mp_detect_prioritizer(&settings, identity, &old);
	mp_config_trace_path_settings(rehearsal->config, identity, &settings, &new);
	mp_detect_checker(&settings, identity, &new);
	mp_detect_prioritizer(&settings, identity, &new);
	compare_traces("path", identity->name, &old, &new, changes);
}

static int compare_paths(const struct rehearsal *rehearsal, struct inventory *shadow,
			 struct mp_dry_run *changes)
{
	for (size_t i = 0; i < rehearsal->seen_count; i++) {
		const struct seen *seen = &rehearsal->seen[i];
		const struct daemon_path *live =
			paths_find_devt(&rehearsal->daemon->inventory, seen->identity->devt);
		int r;

		if (live && strcmp(live->path.identity.name, seen->identity->name))
			live = NULL;
		if (seen->rejection) {
			if (live)
				mp_dry_run_add(changes, "path", "drop", seen->identity->name, "%s",
					       seen->rejection);
			continue;
		}
		if (live)
			compare_path_settings(rehearsal, live, changes);
		else
			mp_dry_run_add(changes, "path", "take", seen->identity->name, "%s",
				       *seen->identity->wwid ? seen->identity->wwid :
							       "it has no WWID yet");
		r = shadow_take(shadow, seen, live);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_map(const struct rehearsal *rehearsal, struct daemon_map *map,
		       struct mp_dry_run *changes)
{
	_cleanup_(mp_plan_fini) struct mp_plan plan = MP_PLAN_INIT;
	const struct daemon_map *live =
		maps_find_wwid(&rehearsal->daemon->inventory, map->map.wwid);
	const struct mp_table *current = map->map.kernel.exists ? &map->map.kernel.table : NULL;
	int r;

	if (!map->kind->managed)
		return 0;
	map->force_reload = rehearsal->options.all && map->map.kernel.exists;
	map->resize = MP_RESIZE_GROW_ONLY;
	r = reconcile_rehearse(map, &plan);
	if (r < 0)
		return r;
	mp_dry_run_add_plan(changes, current ? map->map.kernel.name : map->map.name, map->map.wwid,
			    &plan, current, map->map.settings.retain_handler);
	if (!current || mp_plan_find(&plan, MP_STEP_REMOVE))
		return 0;
	if (map->name_told)
		mp_dry_run_add(changes, "map", "keep", map->map.kernel.name,
			       "its name: another device has the configured one");
	compare_map_settings(rehearsal, live, map, changes);
	return 0;
}

static int rehearse(const struct rehearsal *rehearsal, struct mp_dry_run *changes)
{
	struct inventory shadow;
	struct mp_map *map;
	int r = shadow_init(&shadow, rehearsal);

	if (r == 0)
		r = compare_paths(rehearsal, &shadow, changes);
	if (r == 0)
		r = shadow_name(&shadow);
	if (r == 0)
		cds_list_for_each_entry(map, &shadow.maps, in_all) {
			r = compare_map(rehearsal, daemon_map_of(map), changes);
			if (r < 0)
				break;
		}
	shadow_fini(&shadow);
	return r;
}

static void rehearsal_done(struct work *work)
{
	struct rehearsal *rehearsal = caa_container_of(work, struct rehearsal, work);
	_cleanup_(mp_dry_run_fini) struct mp_dry_run changes = MP_DRY_RUN_INIT;
	_cleanup_strbuf_ struct mp_strbuf out = MP_STRBUF_INIT;
	int r = work->skipped ? -ECANCELED : rehearsal->error;

	if (r == 0)
		r = rehearse(rehearsal, &changes);
	if (r == 0)
		mp_dry_run_format(&changes, rehearsal->options.json, &out);
	if (r == 0)
		r = out.error;
	if (r < 0) {
		mp_strbuf_fini(&out);
		mp_strbuf_printf(&out, "fail\n%s", mp_strbuf_text(&rehearsal->errors));
		if (!rehearsal->errors.length)
			mp_strbuf_printf(&out, "%s\n", strerror(-r));
	}
	daemon_reply(rehearsal->daemon, rehearsal->request, mp_strbuf_text(&out));
	rehearsal_free(rehearsal);
}

static int rehearsal_list_held(struct rehearsal *rehearsal)
{
	const struct inventory *inventory = &rehearsal->daemon->inventory;
	const struct mp_map *map;
	size_t count = 0;

	cds_list_for_each_entry(map, &inventory->maps, in_all)
		count += mp_table_count(&map->kernel.table);
	rehearsal->held = calloc(count + 1, sizeof(*rehearsal->held));
	if (!rehearsal->held)
		return -ENOMEM;
	cds_list_for_each_entry(map, &inventory->maps, in_all)
		for (size_t g = 0; g < map->kernel.table.group_count; g++) {
			const struct mp_table_group *group = &map->kernel.table.groups[g];

			for (size_t p = 0; p < group->path_count; p++) {
				struct held *held = &rehearsal->held[rehearsal->held_count++];

				held->devt = held->disk.devt = group->paths[p].devt;
				strcpy(held->wwid, map->wwid);
			}
		}
	qsort(rehearsal->held, rehearsal->held_count, sizeof(*rehearsal->held), held_compare);
	return 0;
}

int rehearsal_start(struct daemon *daemon, const struct rehearsal_options *options,
		    uint64_t request)
{
	struct rehearsal *rehearsal = calloc(1, sizeof(*rehearsal));

	if (!rehearsal)
		return -ENOMEM;
	rehearsal->daemon = daemon;
	rehearsal->request = request;
	rehearsal->options = *options;
	if (rehearsal_list_held(rehearsal) < 0) {
		rehearsal_free(rehearsal);
		return -ENOMEM;
	}
	rehearsal->labels = mp_geom_notes_has(&daemon->inventory.geom_notes, "known");
	rehearsal->source = files_config_source(daemon);
	rehearsal->work = (struct work){ .run = rehearsal_run,
					 .done = rehearsal_done,
					 .lane = LANE_EXPLAIN,
					 .exclusive = true };
	pool_submit(daemon->pool, &rehearsal->work);
	return 0;
}
