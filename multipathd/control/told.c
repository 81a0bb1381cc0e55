/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/told.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "config/filter.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/jobs/rescans.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

/* If out of memory, it is asked again. */
void told_vpd_data(struct daemon_path *path, const char *text)
{
	struct mp_identity identity = path->path.identity;

	identity.vpd_data = text;
	paths_set_identity(path, &identity);
}

void told_kind(struct daemon_path *path, int rdac, int ana)
{
	struct mp_identity *identity = &path->path.identity;
	bool was_rdac = identity->rdac == MP_TOLD_YES, was_ana = identity->ana == MP_TOLD_YES;

	if (rdac >= 0)
		identity->rdac = rdac ? MP_TOLD_YES : MP_TOLD_NO;
	if (ana >= 0)
		identity->ana = ana ? MP_TOLD_YES : MP_TOLD_NO;
	if (was_rdac != (identity->rdac == MP_TOLD_YES) ||
	    was_ana != (identity->ana == MP_TOLD_YES))
		discovery_choose(path);
}

void told_priority(struct daemon_path *path, int priority)
{
	bool refused = priority == -EIO || priority == -ENOENT || priority == -EBADMSG;

	if (!refused || !path->settings.detect_prio || path->path.priority != MP_PRIORITY_UNDEF ||
	    strcmp(path->path.prioritizer, "alua"))
		return;
	log_notice(
		"%s: does not answer REPORT TARGET PORT GROUPS, treated as having no asymmetric access",
		mp_path_name(&path->path));
	path->no_alua = true;
	discovery_choose(path);
}

void told_read_only(struct daemon_path *path, bool read_only)
{
	struct mp_identity new = path->path.identity;

	if (new.read_only == read_only)
		return;
	new.read_only = read_only;
	discovery_changed(path, &new);
}

void told_proof(struct daemon_path *path, const char *name)
{
	const char *wwid = path->path.identity.wwid;

	path->told_wwid = *wwid && !strcmp(name, wwid);
	if (!path->told_wwid)
		path->proof = strdup(name);
}

void told_wwid(struct daemon_path *path, const char *wwid)
{
	struct mp_identity *identity = &path->path.identity;
	struct mp_filter_verdict verdict;

	paths_set_wwid(path, wwid);
	verdict = mp_filter_wwid(path->inventory->config, identity->wwid);
	if (verdict.blacklisted) {
		discovery_drop(path, "its WWID is blacklisted");
		return;
	}
	log_warning("%s: udev has no WWID, using %s as read from the device", identity->name,
		    identity->wwid);
	if (discovery_identified(path, false) < 0)
		discovery_drop(path, "out of memory");
}

void told_disconnected(struct daemon_path *path)
{
	const struct mp_map *map = path->path.map;

	if (path->purged || !map || !map->settings.purge_disconnected)
		return;
	path->purged = true;
	log_notice("%s: the LUN of %s no longer exists, deleting the device", map->name,
		   mp_path_name(&path->path));
	rescans_delete(path);
}

void told_wrong_wwid(struct daemon_path *path, const char *told, const char *expected)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	log_error("%s: %s now reports WWID %s, expected %s: leads to another LUN, path disabled",
		  map ? map->map.name : "no map", mp_path_name(&path->path), told, expected);
	/* The WWID that it must report from now on. */
	if (!daemon_path_proof(path))
		told_proof(path, expected);
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
