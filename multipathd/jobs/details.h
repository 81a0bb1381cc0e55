/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * details.h - values that only listings show, read from sysfs by a worker on request.  For:
 * commands.
 */
#pragma once
#include <stddef.h>
#include <sys/types.h>

#include "model/foreign.h"
#include "model/path.h"

struct daemon;
struct disk_reading;
struct registrants;
struct request;

enum {
	DETAILS_PATHS = 1 << 0, /* serial number and max_sectors_kb: kept with the path */
	DETAILS_MAPS = 1 << 1, /* max_sectors_kb: kept with the map */
	DETAILS_DISKS = 1 << 2, /* all disks of the machine */
	DETAILS_FOREIGN = 1 << 3, /* devices that the kernel multipaths natively */
};

struct details_disk {
	dev_t devt;
	char name[MP_NAME_SIZE];
};

/* Values that were read but are not kept. */
struct details {
	struct details_disk *disks; /* by device number */
	size_t disk_count;
	int error; /* of finding the disks */
	struct mp_foreign foreign;
	struct disk_reading *readings; /* jobs/readings.h */
	size_t reading_count;
	const struct registrants *registrants; /* jobs/registrants.h */
	size_t registrant_count;
};

/**
 * serve_fn - serve a request, possibly once more: called on the loop when what it waited for has
 * come
 * @details:	what was read for it, with what is kept in paths and maps; NULL: nothing
 *
 * All arguments are valid during the call only.
 */
typedef void (*serve_fn)(struct daemon *daemon, const struct request *request,
			 const struct details *details);

/**
 * details_read() - have a worker read the values
 * @kinds:	DETAILS_* together
 * @request:	the request that needs them; @then gets a copy. If the daemon ends before, it is
 * answered here.
 *
 * Return: 0, -ENOMEM (then @then is not called).
 */
int details_read(struct daemon *daemon, unsigned kinds, const struct request *request,
		 serve_fn then);
