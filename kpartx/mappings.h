/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mappings.h - which device-mapper devices a disk's partitions should have, and the way there from
 * those that exist.  Pure: no I/O.  For: kpartx.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/linear.h"
#include "kpartx/partitions.h"

enum { MAPPING_NAME_SIZE = 128, MAPPING_UUID_SIZE = 129 }; /* DM_NAME_LEN, DM_UUID_LEN */

struct mappings_disk {
	const char *name; /* what partitions' names begin with */
	/* between that and the number; NULL: "p" if the name ends in a digit */
	const char *delimiter;
	const char *uuid; /* what partitions' UUIDs end with; see mappings_disk_uuid() */
	dev_t devt;
	bool is_dm;
	bool read_only; /* or to be treated so */
};

enum mappings_mode {
	MAPPINGS_ADD, /* make and correct */
	MAPPINGS_UPDATE, /* and remove those of partitions that are gone */
	MAPPINGS_DELETE, /* remove all */
	MAPPINGS_DELETE_FORCED, /* whatever their UUIDs */
};

enum mapping_step_kind {
	MAPPING_CREATE,
	MAPPING_RENAME, /* from @old_name; a RELOAD or KEEP follows */
	MAPPING_RELOAD,
	MAPPING_KEEP, /* is as it should be */
	MAPPING_RETAIN, /* is as it should be, but about to go with its last user: let it stay */
	MAPPING_REMOVE,
	MAPPING_REFUSE, /* nothing may be done: an error */
	MAPPING_IGNORE, /* is on the disk, but no partition of it */
};

struct mapping_step {
	enum mapping_step_kind kind;
	/* of the list that was planned for; NULL unless it is to be there afterwards */
	const struct partition *partition;
	const struct mp_linear *existing; /* of those that were there; NULL if there is none */
	char name[MAPPING_NAME_SIZE], uuid[MAPPING_UUID_SIZE];
	bool read_only;
	bool busy; /* refused because it is in use */
	const char *reason; /* constant text */
};

struct mapping_plan {
	struct mapping_step *steps;
	size_t count;
};

/** mapping_plan_fini() - free the steps */
void mapping_plan_fini(struct mapping_plan *plan);

/**
 * mappings_plan() - see above
 * @partitions:	judged; those with a fault are as if they were not there. NULL to delete
 * @existing:	every dm device by name and UUID, with its table if it is on the disk or has a UUID
 *		of its partitions
 * @ret:	empty; its steps borrow from @partitions and @existing
 *
 * Nothing in use is removed, moved, made smaller or write-protected; in use, a partition may grow.
 * Return: 0, -ENOMEM.
 */
int mappings_plan(enum mappings_mode mode, const struct mappings_disk *disk,
		  const struct partitions *partitions, const struct mp_linear *existing,
		  size_t count, struct mapping_plan *ret);

/**
 * mapping_name() - name of a partition as it is listed ('/' is '!' for device-mapper). Return: 0,
 * -ENAMETOOLONG.
 */
int mapping_name(const struct mappings_disk *disk, unsigned number, char *ret, size_t size);

/** mappings_disk_uuid() - @dm_uuid, "" if it has none. Return: 0, -ENAMETOOLONG. */
int mappings_disk_uuid(const char *dm_uuid, dev_t devt, char *ret, size_t size);

/** mapping_number() - N of "partN-DISK_UUID", 0 if @uuid is something else */
unsigned mapping_number(const char *uuid, const char *disk_uuid);
