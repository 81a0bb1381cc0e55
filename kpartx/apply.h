/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * apply.h - the world that mappings are planned for, and the planned steps carried out in it.  For:
 * kpartx.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "kpartx/disk.h"
#include "kpartx/mappings.h"

struct existing {
	struct mp_linear *items;
	size_t count;
};

/** apply_existing_fini() - free the items */
void apply_existing_fini(struct existing *existing);

/**
 * apply_existing_read() - every dm device; with its table if its UUID is that of a partition of
 * @disk
 * @all_on_disk:	also if it is anything else that stands on the disk
 */
int apply_existing_read(const struct disk *disk, bool all_on_disk, struct existing *ret);

/**
 * apply_plan() - carry it out, step by step; with @verbose, say what is done
 *
 * Return: number of partitions that are not as they should be; what went wrong was said on stderr.
 */
unsigned apply_plan(const struct disk *disk, const struct mapping_plan *plan, bool verbose);
