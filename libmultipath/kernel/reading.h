/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reading.h - all that sysfs and udev's database have of one disk, read in one go.  For: workers;
 * the daemon's loop takes it from there.
 */
#pragma once
#include <stdbool.h>
#include <sys/types.h>

#include "base/props.h"
#include "kernel/probe.h"
#include "model/path.h"

struct mp_reading {
	char name[MP_NAME_SIZE]; /* of the kernel: which disk is to be read */
	dev_t devt;
	char dir[MP_PROBE_DIR_SIZE];
	int error; /* of mp_probe_identity(), or there is no such disk; negative: nothing else is
		      valid */
	struct mp_identity identity; /* its texts are in room */
	struct mp_identity detailed; /* mp_probe_details() as well */
	struct mp_identity_room room;
	bool has_props;
	struct mp_props props; /* if has_props */
	int page_error; /* of mp_probe_page_wwid() */
	char page_wwid[MP_WWID_SIZE];
};

/**
 * mp_reading_take() - read the disk of that name
 * @reading:	stays where it is (its texts are in it) until mp_reading_fini(); all but name is 0
 *
 * No device is opened, no command is sent.
 */
void mp_reading_take(const struct mp_roots *roots, struct mp_reading *reading);

/** mp_reading_fini() - free what it holds */
void mp_reading_fini(struct mp_reading *reading);
