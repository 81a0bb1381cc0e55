/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/admission.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/props.h"
#include "base/strbuf.h"
#include "config/filter.h"
#include "kernel/disk.h"
#include "kernel/reading.h"
#include "kernel/vpd.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/triggers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

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

/* An event without news: sysfs may have changed all the same. */
static void path_compare(struct daemon_path *path, const struct mp_identity *read)
{
	struct mp_identity new = path->path.identity;

	new.size_sectors = read->size_sectors;
	new.read_only = read->read_only;
	memcpy(new.handler, read->handler, sizeof(new.handler));
	discovery_changed(path, &new);
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

/*
 * It is not known to be a LUN of its map. The map may be one that it joined while it was being
 * read.
 */
static bool path_is_unnamed(const struct daemon_path *path, const struct mp_reading *reading)
{
	const struct mp_map *map = path ? path->path.map : NULL;

	if (map && mp_vpd_is_name(map->wwid) && strcmp(map->wwid, reading->expected))
		return true;
	return reading->expected[0] && !reading->named;
}

bool admission_prepare(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
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

int admission_take(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
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
				    .unnamed = path_is_unnamed(path, reading) };

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
	mp_reading_wwid(reading, &disk.identity, disk.settings.uid_attribute, found.fallback,
			disk.identity.wwid);
	return disk_accept(daemon, path, &found, &disk);
}

static int admission_on_read(struct daemon *daemon, struct mp_reading *reading, unsigned reasons)
{
	int r;

	daemon->enumerating = reasons & (INSPECT_LISTED | INSPECT_EXAMINED) &&
			      !(reasons & INSPECT_EVENT);
	r = admission_take(daemon, reading, reasons);
	daemon->enumerating = false;
	return r == -ENOMEM ? r : 0;
}

const struct inspections_callbacks admission_inspects = {
	.prepare = admission_prepare,
	.take = admission_on_read,
};

int admission_on_event(struct daemon *daemon, const struct inspection_ask *event, bool is_news)
{
	struct daemon_path *path = paths_find_devt(&daemon->inventory, event->devt);
	struct inspection_ask ask = *event;

	/* What is being read may be older than the event, and make another path of it. */
	is_news |= inspections_reads(daemon->inspections, event->devt);
	ask.reasons = is_news ? INSPECT_EVENT : INSPECT_TOUCHED;
	if (path && is_news)
		loads_doubt(path);
	else if (path && !discovery_note_props(path, event->props))
		return 0;
	return inspections_ask(daemon->inspections, &ask);
}

int admission_ask(const struct daemon_path *path, unsigned reasons)
{
	return inspections_ask(path->inventory->daemon->inspections,
			       &(struct inspection_ask){ .devt = path->path.identity.devt,
							 .reasons = reasons,
							 .name = path->path.identity.name,
							 .dir = path->dir });
}

void admission_on_missing_udev(struct daemon_path *path)
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
	if (admission_ask(path, INSPECT_LATE) == 0)
		inspections_go(path->inventory->daemon->inspections);
}
