/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dry_run.h - what a dry run of `reconfigure` would change, a row each.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct mp_plan;
struct mp_strbuf;
struct mp_table;

struct mp_dry_run_row {
	const char *kind; /* constant: "path", "map" */
	const char *action; /* constant: "take", "drop", "reload", "rename", "set", ... */
	char *name;
	char *reason;
};

struct mp_dry_run {
	struct mp_dry_run_row *rows;
	size_t count, size;
	int error; /* -ENOMEM is remembered, and later additions do nothing */
};

#define MP_DRY_RUN_INIT \
	{ \
		0 \
	}

/** mp_dry_run_fini() - free the rows */
void mp_dry_run_fini(struct mp_dry_run *changes);

/** mp_dry_run_add() - one change of the object @name; @format says why */
void mp_dry_run_add(struct mp_dry_run *changes, const char *kind, const char *action,
		    const char *name, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * mp_dry_run_add_plan() - a row for each step of a map's plan
 * @name:	of the map now
 * @current:	the kernel's table, NULL if there is no map
 * @retain_handler:	as for mp_difference_find()
 */
void mp_dry_run_add_plan(struct mp_dry_run *changes, const char *name, const char *wwid,
			 const struct mp_plan *plan, const struct mp_table *current,
			 bool retain_handler);

/**
 * mp_dry_run_format() - "reload mpatha mpathb: features 0 -> 1 x", a line for all that change
 * alike, or "nothing to do"; failures are remembered in @out
 */
void mp_dry_run_format(const struct mp_dry_run *changes, bool json, struct mp_strbuf *out);
