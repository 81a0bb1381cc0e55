/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/discovery.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/props.h"
#include "checkers/checker.h"
#include "config/detect.h"
#include "kernel/probe.h"
#include "kernel/vpd.h"
#include "multipathd/control/awaited.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/states.h"
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

void discovery_choose(struct daemon_path *path)
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
int discovery_identified(struct daemon_path *path, bool by_operator)
{
	path->path.init = MP_INIT_OK;
	discovery_choose(path);
	return membership_join(path, by_operator);
}

void discovery_changed(struct daemon_path *path, const struct mp_identity *new)
{
	const struct mp_identity *old = &path->path.identity;
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	bool resized = old->size_sectors != new->size_sectors;
	bool ro_changed = old->read_only != new->read_only;
	bool handler_changed = strcmp(old->handler, new->handler);

	if (paths_set_identity(path, new) < 0) {
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

bool discovery_note_props(struct daemon_path *path, const struct mp_props *props)
{
	bool was_asked = path->claim_asked;

	mp_probe_apply_props(&path->path.identity, props);
	path->claim_asked = false;
	return !was_asked;
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
	discovery_changed(path, &identity);
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
		discovery_choose(path);
	} else if (discovery.joins) {
		r = discovery_identified(path, found->by_operator);
		if (r < 0) {
			path->answered |= made; /* nothing waits for it yet */
			path_end(path);
			return r;
		}
	}
	r = path_have_checked(path, discovery.check);
	return r < 0 ? r : 1;
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
	discovery_choose(path);
	if (path->prioritizer != prioritizer || !same_text(path->settings.prio_args, args))
		awaited_priority(path);
	tuning_forget(path);
}
