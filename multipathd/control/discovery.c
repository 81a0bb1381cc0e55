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

	if (!map || !map->kind->managed || !mp_map_holds(&map->map, devt) ||
	    !mp_vpd_is_name(map->map.wwid) ||
	    mp_probe_page_names(&mp_roots_system, path->path.identity.protocol, path->dir,
				map->map.wwid) != 0)
		return;
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

void discovery_look_again(struct daemon_path *path, const struct mp_props *props)
{
	struct mp_identity new = path->path.identity;

	mp_probe_apply_props(&new, props);
	mp_probe_refresh(&mp_roots_system, path->dir, &new);
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

/* By the event, or as sysfs has it, or as before. */
static bool read_only(const char *dir, const struct mp_props *props, const struct daemon_path *path)
{
	const char *text = props ? mp_props_get(props, "DISK_RO") : NULL;

	return text ? !strcmp(text, "1") :
		      mp_probe_read_only(&mp_roots_system, dir, path->path.identity.read_only);
}

static void keep_what_checks_tell(struct mp_identity *new, struct mp_identity_room *room,
				  const struct mp_identity *old, bool is_read_only)
{
	new->read_only = is_read_only;
	new->offline = old->offline;
	new->tpg = old->tpg;
	new->timeout_sec = old->timeout_sec;
	new->max_sectors_kb = old->max_sectors_kb;
	new->rdac = old->rdac;
	new->ana = old->ana;
	/* Copies: the path may be dropped before it is found again. */
	snprintf(room->vpd_data, sizeof(room->vpd_data), "%s", old->vpd_data);
	new->vpd_data = room->vpd_data;
	if (!new->serial[0])
		snprintf(room->serial, sizeof(room->serial), "%s", old->serial);
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
static char *path_give_way(struct daemon_path *path, const struct mp_identity *now,
			   enum discovery_fate fate)
{
	char *geom_wwid = NULL;

	if (fate == DISCOVERY_RENUMBERED) {
		discovery_drop(path, "its device number belongs to another device now");
	} else {
		log_warning("%s: WWID changed from %s to %s", now->name, path->path.identity.wwid,
			    now->wwid);
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
		geom_wwid = path_give_way(path, found->identity, discovery.fate);
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

/* Return: as discovery_take() */
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

int discovery_take(struct daemon *daemon, dev_t devt, const char *its_name, const char *its_dir,
		   const struct mp_props *props, bool by_operator)
{
	/* Copies: they may belong to a path that is dropped here. */
	_cleanup_disk_ struct mp_disk disk = MP_DISK_INIT;
	struct daemon_path *path = paths_find_devt(&daemon->inventory, devt);
	struct mp_filter_verdict verdict;
	struct mp_identity_room room;
	struct discovered found = { .identity = &disk.identity,
				    .dir = disk.dir,
				    .event = props,
				    .by_operator = by_operator };
	bool detailed = !daemon->inventory.options.check || (path && by_operator);
	int r;

	mp_disk_found(&disk, devt, its_name, its_dir);
	verdict = mp_filter_devnode(daemon->inventory.config, disk.name);
	if (verdict.blacklisted)
		return path_rejected(path, disk.name, "its kernel name is blacklisted");

	r = mp_disk_identify(&disk, &mp_roots_system, &room);
	if (r < 0)
		return disk_unidentified(path, disk.name, r);
	disk.known = props;
	if (!props)
		mp_disk_read_props(&disk, &mp_roots_system,
				   mp_filter_has_property(daemon->inventory.config,
							  MP_PROBE_UEVENT_PROPERTY));
	if (disk.known)
		mp_probe_apply_props(&disk.identity, disk.known);
	if (path && daemon->inventory.options.check)
		keep_what_checks_tell(&disk.identity, &room, &path->path.identity,
				      detailed ? path->path.identity.read_only :
						 read_only(disk.dir, disk.known, path));
	if (detailed)
		mp_probe_details(&mp_roots_system, disk.dir, &disk.identity, &room);

	mp_disk_find_settings(&disk, daemon->inventory.config);
	found.fallback = path_has_fallback(daemon, path);
	mp_disk_find_wwid(&disk, &mp_roots_system, found.fallback);
	found.props = disk.known;
	return disk_accept(daemon, path, &found, &disk);
}

/* As mp_probe_details(). */
static void take_details(struct mp_identity *identity, const struct mp_identity *detailed)
{
	identity->serial = detailed->serial;
	identity->read_only = detailed->read_only;
	identity->offline = detailed->offline;
	identity->tpg = detailed->tpg;
	identity->timeout_sec = detailed->timeout_sec;
	identity->max_sectors_kb = detailed->max_sectors_kb;
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

int discovery_take_reading(struct daemon *daemon, struct mp_reading *reading)
{
	struct daemon_path *path = paths_find_devt(&daemon->inventory, reading->devt);
	struct mp_disk disk = { .identity = reading->identity,
				.known = reading->has_props ? &reading->props : NULL };
	struct discovered found = { .identity = &disk.identity,
				    .dir = disk.dir,
				    .by_operator = true,
				    .props = disk.known,
				    .fallback = path_has_fallback(daemon, path) };

	mp_disk_found(&disk, reading->devt, reading->name, reading->dir);
	if (mp_filter_devnode(daemon->inventory.config, disk.name).blacklisted)
		return path_rejected(path, disk.name, "its kernel name is blacklisted");
	if (reading->error < 0)
		return disk_unidentified(path, disk.name, reading->error);
	if (disk.known)
		mp_probe_apply_props(&disk.identity, disk.known);
	if (path)
		keep_what_checks_tell(&disk.identity, &reading->room, &path->path.identity,
				      reading->detailed.read_only);
	if (path || !daemon->inventory.options.check)
		take_details(&disk.identity, &reading->detailed);
	mp_disk_find_settings(&disk, daemon->inventory.config);
	find_wwid(&disk, reading, found.fallback);
	return disk_accept(daemon, path, &found, &disk);
}

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
	discovery_take(path->inventory->daemon, path->path.identity.devt, path->path.identity.name,
		       path->dir, NULL, false);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

int discovery_resolve_settings(struct daemon_path *path)
{
	const struct mp_prioritizer *prioritizer = path->prioritizer;
	const char *args = path->settings.prio_args;

	path->no_alua = false;
	path_choose(path);
	if (path->prioritizer != prioritizer || !same_text(path->settings.prio_args, args))
		awaited_priority(path);
	tuning_forget(path);
	return discovery_take(path->inventory->daemon, path->path.identity.devt,
			      path->path.identity.name, path->dir, NULL, true);
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
