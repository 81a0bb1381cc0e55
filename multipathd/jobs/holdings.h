/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * holdings.h - what sysfs and udev's database have of the disks in a map's table, and of its paths,
 * read by a worker.  For: the daemon's control.
 *
 * A lane for each map: one that hangs delays no other.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "kernel/reading.h"
#include "multipathd/loop/pool.h"

struct daemon;
struct daemon_map;

struct holding {
	dev_t devt;
	struct mp_reading reading;
	int named; /* as mp_probe_page_names() of the map's WWID */
};

struct holdings_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	/* on the loop, unless the daemon ends before it was begun; it is freed afterwards */
	void (*ended)(struct holdings_job *job);
	char wwid[MP_WWID_SIZE];
	uint64_t number; /* the caller's */
	size_t count;
	struct holding holdings[];
};

/** holdings_read() - have the disks of the map's table read. Return: 0, -ENOMEM. */
int holdings_read(struct daemon_map *map, uint64_t number, void (*ended)(struct holdings_job *job));

/**
 * holdings_read_paths() - have the serial numbers of its paths read, and their own WWIDs as of
 * their last scan
 * @may_go_without:	asked after 5 seconds: the map then goes on without them
 *
 * The map is marked when they are recorded. Return: 0, -ENOMEM.
 */
int holdings_read_paths(struct daemon_map *map,
			bool (*may_go_without)(const struct daemon_map *map));
