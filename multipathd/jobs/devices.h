/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * devices.h - removes, suspends and resumes a map's device, and reassigns devices stacked on its
 * paths. For: the daemon's control.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/dm.h"
#include "multipathd/loop/pool.h"

struct daemon;

enum device_verb { DEVICE_REMOVE, DEVICE_SUSPEND, DEVICE_RESUME };

struct device_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	/* on the loop, unless the daemon ends before it was begun; it is freed afterwards */
	void (*ended)(struct device_job *job);
	char wwid[MP_WWID_SIZE];
	enum device_verb verb;
	struct mp_dm_removal removal;
	struct mp_dm_flags flags;
	bool by_operator;
	uint64_t request;
	int error;
};

/* Makes other dm devices that use a path of the map use the map instead. */
struct reassign_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	void (*ended)(struct reassign_job *job); /* the same */
	uint64_t request;
	char wwid[MP_WWID_SIZE];
	int error;
	size_t count;
	dev_t paths[];
};

/** devices_start(), devices_reassign() - start the job in the lane of its map's table; take it */
void devices_start(struct device_job *job);
void devices_reassign(struct reassign_job *job);
