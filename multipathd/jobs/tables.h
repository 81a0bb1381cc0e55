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
	struct daemon *daemon; /* for the loop: run() does not follow it */
	void (*ended)(struct table_job *job); /* on the loop, with the result; frees it */
	char wwid[MP_WWID_SIZE];
	char *name;
	bool rename, create, load, resize;
	bool no_queue; /* the map will never get a path: its I/O must fail */
	struct mp_table table;
	struct mp_dm_flags flags;
	char *delimiter;
	/*
	 * Locked during the creation: a program that partitions or formats a path holds the
	 * conflicting lock, by udev's convention.
	 */
	int *locks; /* the checks' descriptors */
	size_t lock_count;
	bool patient; /* waits for them */
	/*
	 * a load is a single kernel call, and cannot be canceled: after a kill the map may never be
	 * resumed
	 */
	bool whole;
	/* it may have reservations, and its device is this: a load takes its lock */
	bool reserved;
	dev_t devt;
	/*
	 * set by the loop, read by the worker when the map's I/O is suspended: a path is no longer
	 * proven
	 */
	bool called_off;
	dev_t *bad; /* paths that must be failed in the loaded table, in which all paths are active
		       at first */
	size_t bad_count;
	int lock_error; /* a load went on without that lock */
	int error;
	struct mp_kernel_map kernel; /* read back, whatever the result */
};

/** tables_start() - start the job, one at a time for each map, in order; takes it */
void tables_start(struct table_job *job);

/**
 * tables_call_off() - cancel a load that still waits for I/O in progress; the job then ends with
 * -ECANCELED
 */
void tables_call_off(struct table_job *job);

/** table_job_free() - free a job that is not running, with its copies */
void table_job_free(struct table_job *job);
