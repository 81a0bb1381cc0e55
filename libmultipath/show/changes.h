/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* changes.h - what would change, a row each, as text or JSON.  For: programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct mp_plan;
struct mp_strbuf;
struct mp_table;

struct mp_change {
	const char *kind; /* constant: "path", "map" */
	const char *action; /* constant: "take", "drop", "reload", "rename", "set", ... */
	char *name;
	char *reason;
};

struct mp_changes {
	struct mp_change *rows;
	size_t count, size;
	int error; /* -ENOMEM is remembered, and later additions do nothing */
};

#define MP_CHANGES_INIT \
	{ \
		0 \
	}

/** mp_changes_fini() - free the changes */
void mp_changes_fini(struct mp_changes *changes);

/** mp_changes_add() - one change to the object @name; @format says why */
void mp_changes_add(struct mp_changes *changes, const char *kind, const char *action,
		    const char *name, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/**
 * mp_changes_add_plan() - a row for each step of a map's plan
 * @name:	of the map now
 * @current:	the kernel's table, NULL if there is no map
 * @retain_handler:	as for mp_difference_find()
 */
void mp_changes_add_plan(struct mp_changes *changes, const char *name, const char *wwid,
			 const struct mp_plan *plan, const struct mp_table *current,
			 bool retain_handler);

/**
 * mp_changes_format() - "reload mpatha mpathb: features 0 -> 1 x", a line for all that change
 * alike, or "nothing to do"; failures are remembered in @out
 */
void mp_changes_format(const struct mp_changes *changes, bool json, struct mp_strbuf *out);
