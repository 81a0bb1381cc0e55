/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* disks.h - some disks, read by a worker one after the other.  For: control, and other jobs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "multipathd/loop/work.h"

struct mp_reading;
struct mp_roots;
struct pool;

/* Part of the starter's object. */
struct disks {
	struct work work; /* disks_read() sets it */
	const struct mp_roots *roots;
	struct mp_reading **readings; /* the starter's; not touched until ended() */
	size_t count;
	/* on the loop; @skipped: the daemon ends, nothing has been read */
	void (*ended)(struct disks *disks, bool skipped);
	/* before that, once: a reading hangs. It may still end. NULL: not asked */
	void (*hang)(struct disks *disks);
};

enum { DISKS_TIMEOUT_SEC = 10 };

/**
 * disks_read() - mp_reading_take() for each; all but @disks->work is set. They hang after
 * DISKS_TIMEOUT_SEC.
 */
void disks_read(struct pool *pool, struct disks *disks);
