/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prioritizer.h - how much is this path preferred?  For: the daemon's check jobs, tests. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "kernel/probe.h"
#include "model/path.h"

struct mp_prioritization {
	int fd; /* of the path's device; borrowed */
	const struct mp_roots *roots;
	const char *dir; /* sysfs directory of the device */
	const struct mp_identity *identity; /* NULL unless the prioritizer reads it: it is large */
	enum mp_tpgs tpgs;
	int tpg; /* target port group, -1 unknown */
	const char *args; /* prio_args, "" if none */
	unsigned timeout_msec;
	bool transitioning; /* answer: the access state is changing; the priority is that of now */
	/*
	 * answer of those that can derive: the target port groups' states; last, so that what is
	 * unused can be given back
	 */
	int groups_size;
	unsigned char groups[4096];
};

struct mp_prioritizer {
	const char *name;
	/* Worker thread. Return: priority >= 0, negative errno: undefined. */
	int (*priority)(struct mp_prioritization *prioritization);
	bool tells_groups; /* detect_pgpolicy may group by it */
	bool reads_identity;
	bool knows; /* without I/O, of any thread */
	/*
	 * Priority of a path of the same LUN from the answer to another path, without I/O; NULL:
	 * each path must be asked. A map's paths then share one command per round.
	 * Return: as priority(); -EAGAIN while the access state is changing.
	 */
	int (*derive)(const struct mp_prioritization *answer, const struct mp_identity *identity,
		      const char *args);
};

/**
 * mp_ana_is_supported() - ask an NVMe controller; blocks. Return: 1, 0, negative errno if it cannot
 * be told now.
 */
int mp_ana_is_supported(int fd, unsigned timeout_msec);

/** mp_prioritizer_find() - by name, NULL if unknown */
const struct mp_prioritizer *mp_prioritizer_find(const char *name);

/** mp_prioritizer_all() - the table, @count rows */
const struct mp_prioritizer *const *mp_prioritizer_all(size_t *count);
