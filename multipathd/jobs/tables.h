/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tables.h - operations on a map's table: rename, create, load, resize.  For: the daemon's control.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "kernel/dm.h"
#include "model/table.h"
#include "multipathd/loop/pool.h"

struct daemon;

struct table_job {
	struct work work;
	struct daemon *daemon;
	void (*ended)(struct table_job *job); /* on the loop: what became of it; frees it */
	char wwid[MP_WWID_SIZE];
	char *name;
	bool rename, create, load, resize;
	bool no_queue; /* nobody will give the map a path: its I/O is to fail */
	struct mp_table table;
	struct mp_dm_flags flags;
	char *delimiter;
	/*
	 * For the time of the creation: whoever partitions or formats a path has it locked the
	 * other way, by udev's rules.
	 */
	int *locks; /* the checks' descriptors */
	size_t lock_count;
	bool patient; /* waits for them */
	/*
	 * a load is one call of the kernel, and cannot be called off: after a kill nobody may be
	 * there to resume the map
	 */
	bool whole;
	/*
	 * set by the loop, read by the worker when the map's I/O is suspended: a path is not proven
	 * any more
	 */
	bool called_off;
	dev_t *bad; /* paths that the loaded table must not use: it takes every path for good */
	size_t bad_count;
	int error;
	struct mp_kernel_map kernel; /* read back, whatever became of it */
};

/** tables_start() - takes the job; one for each map at a time, in order */
void tables_start(struct table_job *job);

/**
 * tables_call_off() - a load that still waits for I/O under way is not to happen any more; the job
 * ends with -ECANCELED then
 */
void tables_call_off(struct table_job *job);

void table_job_free(struct table_job *job);
