/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * disk.h - a disk, from its number to whether it may be a path, step by step.  For: the daemon's
 * rooms, multipath(8).
 *
 * Locate, identify, udev's properties, settings, WWID, filter: each step needs those before it, and
 * none opens the device.
 */
#pragma once
#include <stdbool.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "config/filter.h"
#include "kernel/probe.h"
#include "model/path.h"
#include "model/settings.h"

struct mp_config;
struct mp_strbuf;

struct mp_disk {
	dev_t devt;
	char name[MP_NAME_SIZE];
	char dir[MP_PROBE_DIR_SIZE]; /* in sysfs */
	struct mp_identity identity;
	const struct mp_props *known; /* udev's properties: below, or the caller's; NULL: none */
	struct mp_props props;
	struct mp_path_settings settings; /* borrowed from the configuration */
};

#define MP_DISK_INIT \
	{ \
		.props = MP_PROPS_INIT \
	}

/** mp_disk_fini() - what it owns */
void mp_disk_fini(struct mp_disk *disk);
#define _cleanup_disk_ _cleanup_(mp_disk_fini)

/** mp_disk_found() - it has been located already: as passed to mp_probe_found_fn */
void mp_disk_found(struct mp_disk *disk, dev_t devt, const char *name, const char *dir);

/** mp_disk_locate() - its name and directory. Return: as mp_probe_locate_devt(). */
int mp_disk_locate(struct mp_disk *disk, const struct mp_roots *roots, dev_t devt);

/** mp_disk_identify() - as mp_probe_identity(), with @room */
int mp_disk_identify(struct mp_disk *disk, const struct mp_roots *roots,
		     struct mp_identity_room *room);

/** mp_disk_read_props() - udev's properties; @uevent as mp_probe_props() */
void mp_disk_read_props(struct mp_disk *disk, const struct mp_roots *roots, bool uevent);

/** mp_disk_find_settings() - those that hold for it */
void mp_disk_find_settings(struct mp_disk *disk, struct mp_config *config);

/** mp_disk_find_wwid() - as mp_probe_wwid(); "" on failure */
int mp_disk_find_wwid(struct mp_disk *disk, const struct mp_roots *roots, bool fallback);

/**
 * mp_disk_read() - all steps but the filter, of a disk that is located
 *
 * Return: 0, of mp_disk_identify() or of mp_disk_find_wwid().
 */
int mp_disk_read(struct mp_disk *disk, const struct mp_roots *roots, struct mp_config *config);

/** mp_disk_filter() - may it be a path? */
struct mp_filter_verdict mp_disk_filter(const struct mp_disk *disk, const struct mp_config *config);

/** mp_disk_reason() - as mp_filter_reason() */
void mp_disk_reason(const struct mp_disk *disk, const struct mp_config *config,
		    struct mp_strbuf *reason);
