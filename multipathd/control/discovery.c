/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/discovery.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/props.h"
#include "base/strbuf.h"
#include "checkers/checker.h"
#include "config/detect.h"
#include "config/filter.h"
#include "kernel/disk.h"
#include "kernel/reading.h"
#include "kernel/vpd.h"
#include "multipathd/control/awaited.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/states.h"
#include "multipathd/jobs/rescans.h"
#include "multipathd/jobs/triggers.h"
#include "multipathd/jobs/tuning.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "prioritizers/prioritizer.h"

static void path_choose_checker(struct daemon_path *path)
{
	const char *name = mp_detect_checker(&path->settings, &path->path.identity, NULL);

	path->checker_kept = 0;
	path->checker = mp_checker_find(name);
	if (!path->checker) {
		log_error("%s: unknown path checker \"%s\", using the sysfs state",
			  mp_path_name(&path->path), name);
		path->checker = mp_checker_find("none");
	}
	path->path.checker = path->checker ? path->checker->name : NULL;
}

static void path_choose_prioritizer(struct daemon_path *path)
{
	const struct mp_identity *identity = &path->path.identity;
	const char *name = mp_detect_prioritizer(&path->settings, identity, NULL);

	if (!strcmp(name, "const") && !strcmp(path->settings.prioritizer, "alua"))
		log_warning("%s: no asymmetric access, using prioritizer const instead of alua",
			    identity->name);
	path->prioritizer = mp_prioritizer_find(name);
	if (!path->prioritizer)
		log_error("%s: unknown prioritizer \"%s\", the path has no priority",
			  identity->name, name);
	path->path.prioritizer = path->prioritizer ? path->prioritizer->name : NULL;
}

static void path_choose(struct daemon_path *path)
{
	mp_config_path_settings(path->inventory->config, &path->path.identity, &path->settings);
	if (path->no_alua)
		path->path.identity.tpgs = MP_TPGS_NONE;
	path_choose_checker(path);
	path_choose_prioritizer(path);
}

/* From here on, the results of all its running jobs are dropped. */
static void path_end(struct daemon_path *path)
{
	schedule_stop(path);
	paths_free(path);
}

void discovery_drop(struct daemon_path *path, const char *reason)
{
	struct mp_map *map = path->path.map;

	if (map && map->kernel.exists) {
		log_notice("%s: %s [%u:%u] removed from the map: %s", map->name,
			   mp_path_name(&path->path), major(path->path.identity.devt),
			   minor(path->path.identity.devt), reason);
		if (mp_table_find(&map->kernel.table, path->path.identity.devt))
			map->stats.path_faults += mp_path_is_active(&path->path);
	} else {
		log_info("%s: dropped: %s", mp_path_name(&path->path), reason);
	}
	path_end(path);
	if (map) {
		loads_check(daemon_map_of(map));
		maps_touch(daemon_map_of(map), "path removed");
		states_changed(daemon_map_of(map), &(struct path_news){ .failed = true });
	}
}

void discovery_free_all(struct daemon *daemon)
{
	struct mp_path *path, *next;

	cds_list_for_each_entry_safe(path, next, &daemon->inventory.paths, in_all)
		path_end(daemon_path_of(path));
}

/*
 * If it leads to another LUN, it gets no more I/O of its map, however long the reload without it
 * takes.
 */
static void path_end_io(struct daemon_path *path)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	dev_t devt = path->path.identity.devt;

	if (map && map->kind->managed && mp_map_holds(&map->map, devt))
		orders_send(map, mp_order_fail_path(devt), 0);
}

/* The WWID is known, and the filters accept the path. */
static int path_identified(struct daemon_path *path, bool by_operator)
{
	path->path.init = MP_INIT_OK;
	path_choose(path);
	return membership_join(path, by_operator);
}

static void path_changed(struct daemon_path *path, const struct mp_identity *new)
{
	const struct mp_identity *old = &path->path.identity;
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	bool resized = old->size_sectors != new->size_sectors;
	bool ro_changed = old->read_only != new->read_only;
	bool handler_changed = strcmp(old->handler, new->handler);

	if (mp_path_set_identity(&path->path, new) < 0) {
		log_warning("%s: changes not recorded: out of memory", old->name);
		return;
	}
	if (!map)
		return;
	if (ro_changed) {
		log_notice("%s: %s is now %s", map->map.name, old->name,
			   old->read_only ? "read-only" : "writable");
		map->force_reload = true;
		maps_touch(map, "write protection of a path changed");
	}
	if (resized) {
		log_notice("%s: %s now has %llu sectors", map->map.name, old->name,
			   (unsigned long long)old->size_sectors);
		maps_touch(map, "size of a path changed");
	}
	if (handler_changed)
		maps_touch(map, "hardware handler of a path changed");
}

void discovery_note_props(struct daemon_path *path, const struct mp_props *props)
{
	mp_probe_apply_props(&path->path.identity, props);
}

/* An event without news: sysfs may have changed all the same. */
static void path_compare(struct daemon_path *path, const struct mp_identity *read)
{
	struct mp_identity new = path->path.identity;

	new.size_sectors = read->size_sectors;
	new.read_only = read->read_only;
	memcpy(new.handler, read->handler, sizeof(new.handler));
	path_changed(path, &new);
}

/* The name that udev read from VPD page 0x83, regardless of uid_attribute. */
static void path_note_name(struct daemon_path *path, const struct mp_props *props)
{
	const char *serial = mp_props_get(props, "ID_SERIAL");

	free(path->named);
	path->named = NULL;
	if (serial && strcmp(serial, path->path.identity.wwid) && mp_vpd_is_name(serial))
		path->named = strdup(serial);
}

bool discovery_is_renamed(const struct daemon_path *path, const struct mp_props *props)
{
	const char *serial = mp_props_get(props, "ID_SERIAL");

	return path->named && (!serial || strcmp(serial, path->named));
}

static int path_rejected(struct daemon_path *path, const char *name, const char *reason)
{
	if (path)
		discovery_drop(path, reason);
	else
		log_info("%s: not a path: %s", name, reason);
	return 0;
}

/* @detailed: @new was read with mp_probe_details() */
static void keep_what_checks_tell(struct mp_identity *new, struct mp_identity_room *room,
				  const struct mp_identity *old, bool detailed)
{
	new->rdac = old->rdac;
	new->ana = old->ana;
	/* Copies: the path may be dropped before it is found again. */
	snprintf(room->vpd_data, sizeof(room->vpd_data), "%s", old->vpd_data);
	new->vpd_data = room->vpd_data;
	if (!new->serial[0]) {
		snprintf(room->serial, sizeof(room->serial), "%s", old->serial);
		new->serial = room->serial;
	}
	if (detailed)
		return;
	new->offline = old->offline;
	new->tpg = old->tpg;
	new->timeout_sec = old->timeout_sec;
	new->max_sectors_kb = old->max_sectors_kb;
}

/* If out of memory, it is asked again. */
void discovery_told_vpd_data(struct daemon_path *path, const char *text)
{
	struct mp_identity identity = path->path.identity;

	identity.vpd_data = text;
	mp_path_set_identity(&path->path, &identity);
}

void discovery_told_kind(struct daemon_path *path, int rdac, int ana)
{
	struct mp_identity *identity = &path->path.identity;
	bool was_rdac = identity->rdac == MP_TOLD_YES, was_ana = identity->ana == MP_TOLD_YES;

	if (rdac >= 0)
		identity->rdac = rdac ? MP_TOLD_YES : MP_TOLD_NO;
	if (ana >= 0)
		identity->ana = ana ? MP_TOLD_YES : MP_TOLD_NO;
	if (was_rdac != (identity->rdac == MP_TOLD_YES) ||
	    was_ana != (identity->ana == MP_TOLD_YES))
		path_choose(path);
}

void discovery_told_priority(struct daemon_path *path, int priority)
{
	bool refused = priority == -EIO || priority == -ENOENT || priority == -EBADMSG;

	if (!refused || !path->settings.detect_prio || path->path.priority != MP_PRIORITY_UNDEF ||
	    strcmp(path->path.prioritizer, "alua"))
		return;
	log_notice(
		"%s: does not answer REPORT TARGET PORT GROUPS, treated as having no asymmetric access",
		mp_path_name(&path->path));
	path->no_alua = true;
	path_choose(path);
}

void discovery_told_read_only(struct daemon_path *path, bool read_only)
{
	struct mp_identity new = path->path.identity;

	if (new.read_only == read_only)
		return;
	new.read_only = read_only;
	path_changed(path, &new);
}

struct discovery discovery_judge(const struct daemon_path *path, const struct discovered *found)
{
	const struct mp_identity *now = found->identity;
	struct discovery discovery = { .fate = DISCOVERY_SAME };
	bool has_wwid = now->wwid[0];

	if (!path)
		discovery.fate = DISCOVERY_NEW;
	else if (strcmp(path->path.identity.name, now->name))
		discovery.fate = DISCOVERY_RENUMBERED;
	else if (has_wwid && path->path.identity.wwid[0] &&
		 strcmp(path->path.identity.wwid, now->wwid))
		discovery.fate = DISCOVERY_OTHER_WWID;
	if (discovery.fate == DISCOVERY_SAME)
		has_wwid |= path->path.identity.wwid[0] != '\0';

	if (has_wwid)
		discovery.joins = discovery.fate != DISCOVERY_SAME ||
				  path->path.init != MP_INIT_OK || found->by_operator;
	else
		/*
		 * Fallback is allowed and sysfs has no WWID: the first check asks the device
		 * itself.
		 */
		discovery.init = found->fallback ? MP_INIT_FAILED : MP_INIT_MISSING_UDEV;

	if (discovery.fate != DISCOVERY_SAME)
		discovery.check = DISCOVERY_CHECK_FIRST;
	else if (found->event)
		discovery.check = DISCOVERY_CHECK_DOUBT;
	else if (found->by_operator)
		discovery.check = DISCOVERY_CHECK_ALL;
	else if (path->path.state != MP_PATH_UP)
		discovery.check = DISCOVERY_CHECK_SOON;
	return discovery;
}

/*
 * The device may have become another one. Return: what it reported when it was added to its
 * gmultipath map, if it is still the same disk; owned by the caller.
 */
static char *path_give_way(struct daemon_path *path, const struct discovered *found,
			   enum discovery_fate fate)
{
	const struct mp_identity *now = found->identity;
	char *geom_wwid = NULL;

	if (fate == DISCOVERY_RENUMBERED) {
		discovery_drop(path, "its device number belongs to another device now");
	} else {
		log_warning("%s: WWID changed from %s to %s", now->name, path->path.identity.wwid,
			    now->wwid);
		if (found->unnamed)
			path_end_io(path);
		geom_wwid = TAKE_PTR(path->geom_wwid);
		discovery_drop(path, "its WWID has changed");
	}
	return geom_wwid;
}

static void path_update(struct daemon_path *path, const struct mp_identity *now)
{
	struct mp_identity identity = *now;

	if (path->no_alua)
		identity.tpgs = MP_TPGS_NONE;
	if (!identity.wwid[0])
		memcpy(identity.wwid, path->path.identity.wwid, sizeof(identity.wwid));
	path_changed(path, &identity);
}

static int path_have_checked(struct daemon_path *path, enum discovery_check check)
{
	switch (check) {
	case DISCOVERY_CHECK_FIRST:
		return schedule_start(path);
	case DISCOVERY_CHECK_DOUBT:
		schedule_doubt(path);
		break;
	case DISCOVERY_CHECK_ALL:
		schedule_ask_again(path);
		break;
	case DISCOVERY_CHECK_SOON:
		schedule_now(path);
		break;
	case DISCOVERY_CHECK_NONE:
		break;
	}
	return 0;
}

int discovery_apply(struct daemon *daemon, struct daemon_path *path, const struct discovered *found)
{
	const struct discovery discovery = discovery_judge(path, found);
	_cleanup_free_ char *geom_wwid = NULL;
	bool made = discovery.fate != DISCOVERY_SAME;
	int r;

	if (made && path)
		geom_wwid = path_give_way(path, found, discovery.fate);
	if (made) {
		r = paths_new(&daemon->inventory, found->identity, found->dir, &path);
		if (r < 0)
			return r;
		path->geom_wwid = TAKE_PTR(geom_wwid);
	} else {
		path_update(path, found->identity);
	}
	if (found->props)
		path_note_name(path, found->props);

	if (discovery.init) {
		path->path.init = discovery.init;
		path_choose(path);
	} else if (discovery.joins) {
		r = path_identified(path, found->by_operator);
		if (r < 0) {
			path->answered |= made; /* nothing waits for it yet */
			path_end(path);
			return r;
		}
	}
	r = path_have_checked(path, discovery.check);
	return r < 0 ? r : 1;
}

static int disk_unidentified(struct daemon_path *path, const char *name, int error)
{
	path_rejected(path, name, error == -EPERM ? "hidden" : strerror(-error));
	return error == -EPERM || error == -EOPNOTSUPP ? 0 : error;
}

static int disk_accept(struct daemon *daemon, struct daemon_path *path,
		       const struct discovered *found, const struct mp_disk *disk)
{
	_cleanup_strbuf_ struct mp_strbuf reason = MP_STRBUF_INIT;

	if (!mp_disk_filter(disk, daemon->inventory.config).blacklisted)
		return discovery_apply(daemon, path, found);
	mp_disk_reason(disk, daemon->inventory.config, &reason);
	return path_rejected(path, disk->name, mp_strbuf_text(&reason));
}

static bool path_has_fallback(const struct daemon *daemon, const struct daemon_path *path)
{
	return !daemon->inventory.duties->retriggers ||
	       (path && path->retriggers >= daemon->inventory.process->retrigger_tries);
}

/* Return: true if the path of this number is, by its name, still the disk that is read */
static bool path_is(const struct daemon_path *path, const struct mp_reading *reading)
{
	return path && !strcmp(path->path.identity.name, reading->name);
}

static bool prepare_comparison(const struct daemon_path *path, struct mp_reading *reading)
{
	const struct mp_identity *known;

	if (!path_is(path, reading))
		return false;
	known = &path->path.identity;
	reading->identity.protocol = known->protocol;
	reading->identity.size_sectors = known->size_sectors;
	memcpy(reading->identity.handler, known->handler, sizeof(known->handler));
	reading->parts = MP_READ_CHANGES;
	return true;
}

static void expect_wwid_of_map(const struct daemon_path *path, struct mp_reading *reading)
{
	const struct mp_map *map = path->path.map;

	if (map && mp_vpd_is_name(map->wwid))
		strcpy(reading->expected, map->wwid);
}

bool discovery_prepare(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
{
	const struct inventory *inventory = &daemon->inventory;
	struct daemon_path *path = paths_find_devt(inventory, reading->devt);

	if (reading->name[0] && mp_filter_devnode(inventory->config, reading->name).blacklisted) {
		path_rejected(path, reading->name, "its kernel name is blacklisted");
		return false;
	}
	if (path)
		reading->identity.read_only = path->path.identity.read_only;
	if (reasons == INSPECT_TOUCHED)
		return prepare_comparison(path, reading);

	reading->parts = MP_READ_IDENTITY;
	if (!reading->has_props)
		reading->parts |= MP_READ_PROPS;
	if (mp_filter_has_property(inventory->config, MP_PROBE_UEVENT_PROPERTY))
		reading->parts |= MP_READ_UEVENT;
	if (!inventory->options.check || (path && (reasons & INSPECT_RESOLVED)))
		reading->parts |= MP_READ_DETAILS;
	if (path_has_fallback(daemon, path))
		reading->parts |= MP_READ_PAGE;
	if (path) {
		reading->parts |= MP_READ_PROTECTION;
		expect_wwid_of_map(path, reading);
		if (reasons == INSPECT_LISTED && path->path.init == MP_INIT_OK)
			strcpy(reading->known, path->path.identity.name);
	}
	return true;
}

static void find_wwid(struct mp_disk *disk, const struct mp_reading *reading, bool fallback)
{
	char *wwid = disk->identity.wwid;
	int r = mp_probe_props_wwid(&disk->identity, disk->settings.uid_attribute, disk->known,
				    fallback, wwid);

	if (r > 0) {
		memcpy(wwid, reading->page_wwid, sizeof(disk->identity.wwid));
		r = reading->page_error;
	}
	if (r < 0)
		wwid[0] = '\0';
}

/* Events were lost. Return: the path, NULL if it was dropped. */
static struct daemon_path *path_examine(struct daemon_path *path, const struct mp_reading *reading)
{
	if (!path)
		return NULL;
	if (strcmp(path->dir, reading->dir)) {
		discovery_drop(path, "the device is gone");
		return NULL;
	}
	schedule_reopen(path);
	schedule_ask_again(path);
	return path;
}

/* By the event, or as sysfs has it. */
static void apply_props(struct mp_identity *identity, const struct mp_props *props, bool event)
{
	const char *read_only = event ? mp_props_get(props, "DISK_RO") : NULL;

	mp_probe_apply_props(identity, props);
	if (read_only)
		identity->read_only = !strcmp(read_only, "1");
}

int discovery_take(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
{
	struct daemon_path *path = paths_find_devt(&daemon->inventory, reading->devt);
	struct mp_disk disk = { .identity = reading->identity,
				.known = reading->has_props ? &reading->props : NULL };
	struct discovered found = { .identity = &disk.identity,
				    .dir = disk.dir,
				    .props = disk.known,
				    .event = reasons & INSPECT_EVENT,
				    .by_operator = reasons & INSPECT_RESOLVED,
				    .fallback = reading->parts & MP_READ_PAGE &&
						path_has_fallback(daemon, path),
				    .unnamed = reading->expected[0] && !reading->named };

	if (reasons & INSPECT_EXAMINED)
		path = path_examine(path, reading);
	if (!reading->dir[0] || mp_reading_is_known(reading))
		return reading->dir[0] ? 1 : -ENODEV;
	if (reading->parts == MP_READ_CHANGES) {
		if (path_is(path, reading))
			path_compare(path, &reading->identity);
		return 1;
	}
	mp_disk_found(&disk, reading->devt, reading->name, reading->dir);
	if (mp_filter_devnode(daemon->inventory.config, disk.name).blacklisted)
		return path_rejected(path, disk.name, "its kernel name is blacklisted");
	if (reading->error < 0)
		return disk_unidentified(path, disk.name, reading->error);
	if (disk.known)
		apply_props(&disk.identity, disk.known, found.event);
	if (path && daemon->inventory.options.check)
		keep_what_checks_tell(&disk.identity, &reading->room, &path->path.identity,
				      reading->parts & MP_READ_DETAILS);
	mp_disk_find_settings(&disk, daemon->inventory.config);
	find_wwid(&disk, reading, found.fallback);
	return disk_accept(daemon, path, &found, &disk);
}

static int discovery_on_read(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
{
	int r;

	daemon->enumerating = reasons & (INSPECT_LISTED | INSPECT_EXAMINED) &&
			      !(reasons & INSPECT_EVENT);
	r = discovery_take(daemon, reading, reasons);
	daemon->enumerating = false;
	return r == -ENOMEM ? r : 0;
}

const struct inspections_callbacks discovery_inspects = {
	.prepare = discovery_prepare,
	.take = discovery_on_read,
};

void discovery_told_proof(struct daemon_path *path, const char *name)
{
	const char *wwid = path->path.identity.wwid;

	path->told_wwid = *wwid && !strcmp(name, wwid);
	if (!path->told_wwid)
		path->proof = strdup(name);
}

void discovery_told_wwid(struct daemon_path *path, const char *wwid)
{
	struct mp_identity *identity = &path->path.identity;
	struct mp_filter_verdict verdict;

	snprintf(identity->wwid, sizeof(identity->wwid), "%s", wwid);
	verdict = mp_filter_wwid(path->inventory->config, identity->wwid);
	if (verdict.blacklisted) {
		discovery_drop(path, "its WWID is blacklisted");
		return;
	}
	log_warning("%s: udev has no WWID, using %s as read from the device", identity->name,
		    identity->wwid);
	if (path_identified(path, false) < 0)
		discovery_drop(path, "out of memory");
}

void discovery_on_missing_udev(struct daemon_path *path)
{
	const struct mp_process_settings *process = path->inventory->process;

	if (path->inventory->duties->retriggers && path->retriggers < process->retrigger_tries) {
		path->retriggers++;
		path->path.init = MP_INIT_REQUESTED_UDEV;
		log_info("%s: udev has no WWID, requesting a change event (%u of %u)",
			 mp_path_name(&path->path), path->retriggers, process->retrigger_tries);
		triggers_start(path->inventory->daemon, path->dir, "change");
		return;
	}
	/* From now on, the WWID is taken from sysfs or the device itself. */
	if (discovery_ask(path, INSPECT_LATE) == 0)
		inspections_go(path->inventory->daemon->inspections);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

void discovery_resolve_settings(struct daemon_path *path)
{
	const struct mp_prioritizer *prioritizer = path->prioritizer;
	const char *args = path->settings.prio_args;

	path->no_alua = false;
	path_choose(path);
	if (path->prioritizer != prioritizer || !same_text(path->settings.prio_args, args))
		awaited_priority(path);
	tuning_forget(path);
}

int discovery_ask(const struct daemon_path *path, unsigned reasons)
{
	return inspections_ask(path->inventory->daemon->inspections,
			       &(struct inspection_ask){ .devt = path->path.identity.devt,
							 .reasons = reasons,
							 .name = path->path.identity.name,
							 .dir = path->dir });
}

void discovery_disconnected(struct daemon_path *path)
{
	const struct mp_map *map = path->path.map;

	if (path->purged || !map || !map->settings.purge_disconnected)
		return;
	path->purged = true;
	log_notice("%s: the LUN of %s no longer exists, deleting the device", map->name,
		   mp_path_name(&path->path));
	rescans_delete(path);
}

void discovery_wrong_wwid(struct daemon_path *path, const char *told, const char *expected)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	log_error("%s: %s now reports WWID %s, expected %s: leads to another LUN, path disabled",
		  map ? map->map.name : "no map", mp_path_name(&path->path), told, expected);
	/* The WWID that it must report from now on. */
	if (!daemon_path_proof(path))
		discovery_told_proof(path, expected);
	path->path.wrong_wwid = true;
	mp_path_doubt(&path->path);
	if (map) {
		loads_check(map);
		map->map.stats.path_faults++;
		/* Immediately, because the table operation that follows may have to wait. */
		if (mp_table_find(&map->map.kernel.table, path->path.identity.devt))
			orders_send(map, mp_order_fail_path(path->path.identity.devt), 0);
		maps_touch(map, "a path leads to another LUN");
	}

	/*
	 * The kernel rereads size and VPD pages, and udev the WWID: its event moves the path to the
	 * right map.
	 */
	rescans_start(path);
}
