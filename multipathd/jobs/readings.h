/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readings.h - what sysfs and udev's database have of some disks, read by a worker because a
 * command asks.  For: commands.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "kernel/reading.h"
#include "multipathd/jobs/details.h"

struct daemon;
struct request;

struct disk_reading {
	struct mp_reading disk;
	/* the path of that name when it was asked for; 0: there was none */
	uint64_t path_id, path_epoch;
};

/**
 * readings_start() - have a worker read disks, all of them that there is to know, for a command
 * @names:	of the kernel
 * @request:	as for details_read(); @then gets them as details->readings, in the order of @names
 *
 * Return: 0, -ENOMEM (then @then is not called).
 */
int readings_start(struct daemon *daemon, const char *const *names, size_t count,
		   const struct request *request, serve_fn then);

/**
 * readings_are_current() - Return: false if something has happened to the path since the reading
 * was asked for, such as an event: what was read may be older
 */
bool readings_are_current(const struct daemon *daemon, const struct disk_reading *reading);
