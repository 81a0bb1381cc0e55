/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* questions.h - what a check asks of its device.  For: the daemon's control. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "multipathd/jobs/registrations.h"

struct check_job;
struct daemon_path;

/* What a check asks of the device, besides whether it is there. */
struct questions {
	bool proof; /* its WWID */
	const char *known; /* the name that it should report; the path's */
	bool certain; /* the device itself has reported it, or udev took it from the same page */
	bool ana, rdac;
	bool rdac_if_listed; /* only a device whose INQUIRY data announces it is asked */
	bool port; /* the state of its remote port in sysfs */
	const char *vpd_vendor; /* of the page of vpd_vendor_id; NULL: not asked */
	bool priority;
	bool priority_of_all; /* the answer tells the priorities of all paths of its map */
	struct reservation_check reservation;
};

/** questions_ask() - of a check that begins at @now_usec (CLOCK_MONOTONIC). Nothing is done. */
struct questions questions_ask(const struct daemon_path *path, uint64_t now_usec);

/**
 * questions_make_job() - the check that asks them, with copies of all that it needs; not started.
 * Return: NULL: out of memory.
 */
struct check_job *questions_make_job(const struct daemon_path *path,
				     const struct questions *questions, uint64_t now_usec);

/** questions_timeout_sec() - timeout of a check of the path */
unsigned questions_timeout_sec(const struct daemon_path *path);
