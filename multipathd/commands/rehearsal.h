/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rehearsal.h - what a reconfigure would do, without doing it.  For: commands. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

struct daemon;

struct rehearsal_options {
	bool all; /* as if every map were to be reloaded */
	bool json; /* the reply */
};

/**
 * rehearsal_start() - read the configuration, the state files and the devices on a worker, plan
 * with them, and report
 * @options:	copied
 * @request:	answered with one line for each change, "nothing to do", or the errors in the files
 *
 * Nothing is written, loaded or kept: the plans are made for copies of what the daemon knows.
 * Return: 0 the answer will come, -ENOMEM.
 */
int rehearsal_start(struct daemon *daemon, const struct rehearsal_options *options,
		    uint64_t request);
