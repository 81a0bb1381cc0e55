/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/events/uevents.h"

#include <errno.h>
#include <libudev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/props.h"
#include "kernel/dm.h"
#include "multipathd/control/admission.h"
#include "multipathd/control/claims.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/enumeration.h"
#include "multipathd/control/inspections.h"
#include "multipathd/control/readiness.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/steps.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum { RECEIVE_BUFFER = 128 << 20 };

struct uevents {
	struct daemon *daemon;
	struct udev *udev;
	struct udev_monitor *monitor;
	sd_event_source *source;
};

static int uevent_props(struct udev_device *device, struct mp_props *props)
{
	struct udev_list_entry *entry;
	int r;

	udev_list_entry_foreach(entry, udev_device_get_properties_list_entry(device))
	{
		const char *value = udev_list_entry_get_value(entry);

		r = mp_props_add(props, udev_list_entry_get_name(entry), value ? value : "");
		if (r < 0)
			return r;
	}
	return 0;
}

static void uevent_of_map(struct daemon *daemon, const char *action, const struct mp_props *props,
			  unsigned minor)
{
	const char *uuid = mp_props_get(props, "DM_UUID");
	const char *wwid = uuid ? mp_dm_wwid(uuid) : NULL;
	const char *ready = mp_props_get(props, "MPATH_DEVICE_READY");
	const char *dm_action = mp_props_get(props, "DM_ACTION");
	struct daemon_map *map;

	if (!strcmp(action, "remove")) {
		map = maps_find_minor(&daemon->inventory, minor);
		if (map && !map->busy)
			looks_want(daemon);
		return;
	}
	if (!wwid || strcmp(action, "change"))
		return;
	map = maps_find_wwid(&daemon->inventory, wwid);
	if (!map || !map->map.kernel.exists || map->map.kernel.other_target) {
		/* Another program has just created a map or loaded its table. */
		if (!map || !map->busy)
			looks_want(daemon);
		return;
	}
	steps_own_node(map);
	if (dm_action && !strncmp(dm_action, "PATH_", 5))
		return; /* the kernel's event number is more accurate */
	readiness_note(map, !ready || strcmp(ready, "0"));
}

bool uevents_is_news(const struct daemon_path *path, const struct mp_props *props)
{
	const char *attribute = path->settings.uid_attribute;
	const char *wwid = attribute && *attribute ? mp_props_get(props, attribute) : NULL;

	/* Changes of size, write protection and identity are marked by properties of their own. */
	return path->path.init != MP_INIT_OK || path->path.wrong_wwid || !wwid ||
	       strcmp(wwid, path->path.identity.wwid) || mp_props_get(props, "RESIZE") ||
	       mp_props_get(props, "DISK_RO") || discovery_is_renamed(path, props);
}

/*
 * A unit attention reported that INQUIRY data or the target's LUNs have changed; I/O may have
 * consumed it before a check could see it. The kernel sends the event for the SCSI device, and it
 * concerns that device or all of its target.
 */
static void uevent_of_scsi_device(struct daemon *daemon, const struct mp_props *props,
				  const char *dir)
{
	const char *attention = mp_props_get(props, "SDEV_UA"), *slash = strrchr(dir, '/');
	size_t length = attention && !strcmp(attention, "REPORTED_LUNS_DATA_HAS_CHANGED") && slash ?
				(size_t)(slash - dir) :
				strlen(dir);
	struct mp_path *path;

	if (!attention || (strcmp(attention, "REPORTED_LUNS_DATA_HAS_CHANGED") &&
			   strcmp(attention, "INQUIRY_DATA_HAS_CHANGED")))
		return;
	log_info("%.*s: unit attention: %s", (int)length, dir, attention);
	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all) {
		struct daemon_path *managed = daemon_path_of(path);

		if (!strncmp(managed->dir, dir, length) && managed->dir[length] == '/')
			schedule_doubt(managed);
	}
}

static int uevent_of_path(struct daemon *daemon, const char *action, struct mp_props *props,
			  dev_t devt, const char *name, const char *dir)
{
	struct daemon_path *path = paths_find_devt(&daemon->inventory, devt);
	const struct inspection_ask ask = {
		.devt = devt, .name = name, .dir = dir, .props = props
	};

	claims_forget_disk(&daemon->inventory, devt);
	if (!strcmp(action, "remove")) {
		inspections_forget(daemon->inspections, devt, name);
		if (path && !strcmp(path->path.identity.name, name))
			discovery_drop(path, "the device is gone");
		return 0;
	}
	if (strcmp(action, "add") && strcmp(action, "change") && strcmp(action, "online"))
		return 0;
	return admission_on_event(daemon, &ask,
				  !path || strcmp(action, "change") ||
					  uevents_is_news(path, props));
}

static int uevent_take(struct daemon *daemon, struct udev_device *device)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	const char *action = udev_device_get_action(device);
	const char *name = udev_device_get_sysname(device);
	const char *syspath = udev_device_get_syspath(device),
		   *subsystem = udev_device_get_subsystem(device);
	dev_t devt = udev_device_get_devnum(device);

	if (!action || !name || !syspath || uevent_props(device, &props) < 0)
		return 0;
	log_debug("uevent: %s %s", action, name);
	if (!strncmp(name, "dm-", 3)) {
		uevent_of_map(daemon, action, &props, minor(devt));
		return 0;
	}
	if (!strncmp(syspath, "/sys/", 5))
		syspath += 5;
	if (subsystem && !strcmp(subsystem, "scsi")) {
		uevent_of_scsi_device(daemon, &props, syspath);
		return 0;
	}
	return uevent_of_path(daemon, action, &props, devt, name, syspath);
}

/*
 * Lost events may include removals, and a device number may belong to another device now.
 */
static void uevents_lost(struct daemon *daemon)
{
	log_error("uevents lost, rescanning all devices");
	enumeration_examine(daemon);
	looks_want(daemon);
}

static int uevents_on_event(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct uevents *uevents = userdata;
	struct slice slice = slice_begin();
	int r;

	(void)source;
	(void)fd;
	(void)events;
	do {
		struct udev_device *device = udev_monitor_receive_device(uevents->monitor);

		if (!device) {
			if (errno == ENOBUFS)
				uevents_lost(uevents->daemon);
			break;
		}
		r = uevent_take(uevents->daemon, device);
		udev_device_unref(device);
		if (r < 0)
			return r;
	} while (!slice_is_over(&slice));
	inspections_go(uevents->daemon->inspections);
	return 0;
}

static int uevents_open(struct uevents *uevents)
{
	int r;

	uevents->udev = udev_new();
	if (!uevents->udev)
		return -ENOMEM;
	uevents->monitor = udev_monitor_new_from_netlink(uevents->udev, "udev");
	if (!uevents->monitor)
		return -ENOMEM;
	if (udev_monitor_set_receive_buffer_size(uevents->monitor, RECEIVE_BUFFER) < 0)
		log_warning("cannot enlarge the receive buffer for uevents");
	r = udev_monitor_filter_add_match_subsystem_devtype(uevents->monitor, "block", "disk");
	if (r >= 0)
		r = udev_monitor_filter_add_match_subsystem_devtype(uevents->monitor, "scsi",
								    "scsi_device");
	if (r >= 0)
		r = udev_monitor_enable_receiving(uevents->monitor);
	if (r >= 0)
		r = sd_event_add_io(uevents->daemon->event, &uevents->source,
				    udev_monitor_get_fd(uevents->monitor), EPOLLIN,
				    uevents_on_event, uevents);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(uevents->source, true);
}

int uevents_new(struct daemon *daemon, struct uevents **ret)
{
	struct uevents *uevents = calloc(1, sizeof(*uevents));
	int r;

	if (!uevents)
		return -ENOMEM;
	uevents->daemon = daemon;
	r = uevents_open(uevents);
	if (r < 0) {
		uevents_free(uevents);
		return r;
	}
	daemon->udev_reports = true;
	*ret = uevents;
	return 0;
}

struct uevents *uevents_free(struct uevents *uevents)
{
	if (!uevents)
		return NULL;
	uevents->daemon->udev_reports = false;
	sd_event_source_disable_unref(uevents->source);
	udev_monitor_unref(uevents->monitor);
	udev_unref(uevents->udev);
	free(uevents);
	return NULL;
}
