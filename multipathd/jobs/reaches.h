/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reaches.h - do disks answer, before work that may access them all?  For: control.
 *
 * Each disk is probed on a lane of its own first, so that one that hangs blocks nothing else. The
 * work starts when all have answered or timed out, and knows which did not.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct mp_table;
struct pool;
struct work;

struct reaches {
	struct pool *pool;
	struct work *then;
	size_t pending;
	dev_t *silent; /* those that did not answer */
	size_t silent_count;
};

/** reaches_init() - @then is submitted to @pool; reaches_fini() when it is done */
void reaches_init(struct reaches *reaches, struct pool *pool, struct work *then);
void reaches_fini(struct reaches *reaches);

/** reaches_add() - probe a disk on its own lane, apart from other disks of its nexus */
void reaches_add(struct reaches *reaches, dev_t devt);

/** reaches_add_on() - on that lane: there may be many, and a dead port must hold few threads */
void reaches_add_on(struct reaches *reaches, dev_t devt, uint64_t lane);

/**
 * reaches_add_failed() - the failed paths of a table: before they are loaded or restored, they are
 * asked which LUN they lead to
 */
void reaches_add_failed(struct reaches *reaches, const struct mp_table *table);

/** reaches_start() - no more disks are added: the work is submitted now, or when all are probed */
void reaches_start(struct reaches *reaches);
