/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tuning.h - timeouts and limits that the kernel keeps for a path: of its transport, its host, its
 * disk.  For: programs.
 *
 * Three steps: what the settings ask of a path (pure), what of that differs from what sysfs shows,
 * and writing it, which may block.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "kernel/probe.h"
#include "model/settings.h"

/* What was asked for and is done otherwise, or not at all. */
enum {
	MP_TUNING_LOSS_RAISED = 1 << 0,
	MP_TUNING_FAIL_DROPPED = 1 << 1,
	MP_TUNING_LOSS_LIMITED = 1 << 2,
	MP_TUNING_FAIL_IMPOSSIBLE = 1 << 3,
	MP_TUNING_LOSS_IGNORED = 1 << 4,
	MP_TUNING_NO_TRANSPORT = 1 << 5,
	MP_TUNING_NOTES = 6,
};

struct mp_tuning {
	bool has_fast_io_fail, has_dev_loss, has_eh_deadline, has_max_retries;
	bool queues; /* no_path_retry queue */
	int fast_io_fail_sec; /* -1 off */
	unsigned dev_loss_sec; /* UINT_MAX infinity */
	int eh_deadline_sec; /* -1 off */
	int max_retries; /* -1 off */
	unsigned max_sectors_kb; /* 0: leave alone */
	unsigned notes; /* MP_TUNING_* */
};

/**
 * mp_tuning_make() - what the settings ask of a path; all zero if nothing
 * @member:	the kernel's map has the path already: its limits must not change under it
 *
 * A device must not be lost before its map gives up on it: dev_loss_tmo is at least what
 * no_path_retry takes.
 */
struct mp_tuning mp_tuning_make(enum mp_protocol protocol, const struct mp_path_settings *path,
				const struct mp_map_settings *map, bool member);

/** mp_tuning_is_empty() - there is nothing to write or tell */
bool mp_tuning_is_empty(const struct mp_tuning *tuning);

/** mp_tuning_covers() - all of @wanted was asked for by @done already */
bool mp_tuning_covers(const struct mp_tuning *done, const struct mp_tuning *wanted);

/**
 * mp_tuning_note() - text of note @i (0 .. MP_TUNING_NOTES - 1) and @level, the verbosity that
 * shows it
 */
const char *mp_tuning_note(unsigned i, int *level);

struct mp_tuning_write {
	char dir[MP_PROBE_DIR_SIZE]; /* below roots->sys */
	const char *attribute;
	char value[16];
	int error; /* mp_tuning_apply(): 0 or negative errno */
};

enum { MP_TUNING_WRITES = 6 };

struct mp_tuning_plan {
	struct mp_tuning_write writes[MP_TUNING_WRITES]; /* in this order */
	size_t count;
	unsigned notes; /* with those of the tuning */
};

/**
 * mp_tuning_compare() - read sysfs; does not block. What already is as wanted, or does not exist,
 * is not in the plan.
 */
void mp_tuning_compare(const struct mp_roots *roots, const char *dir,
		       const struct mp_tuning *tuning, struct mp_tuning_plan *ret);

/** mp_tuning_apply() - write. May block: for workers. Return: number of writes that failed. */
unsigned mp_tuning_apply(const struct mp_roots *roots, struct mp_tuning_plan *plan);
