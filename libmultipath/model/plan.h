/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* plan.h - what is to be done to one map, and why.  For: reconcile, programs, tests. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "model/settings.h"
#include "model/table.h"

struct mp_strbuf;

enum mp_step_kind {
	MP_STEP_RENAME, /* to plan->name */
	MP_STEP_CREATE, /* plan->table */
	MP_STEP_RELOAD, /* plan->table, without flush */
	MP_STEP_RESIZE, /* plan->table; reload that flushes and has udev look anew */
	MP_STEP_SWITCH_GROUP, /* group */
	MP_STEP_FAIL_PATH, /* devt */
	MP_STEP_REINSTATE_PATH, /* devt */
	MP_STEP_QUEUE, /* queue_if_no_path */
	MP_STEP_NO_QUEUE, /* fail_if_no_path */
	MP_STEP_REMOVE, /* flush */
	MP_STEP_REJECT, /* nothing can be done: reason */
	MP_STEP_KEEP, /* cancel its deferred removal */
	MP_STEP_ENABLE_GROUP, /* group: it is disabled and has a path that is up */
};

struct mp_step {
	enum mp_step_kind kind;
	const char *reason; /* constant text */
	dev_t devt;
	unsigned group; /* from 1, in the kernel's order */
};

enum { MP_PLAN_STEPS_SMALL = 8 };

/* Owns its steps, name and table. */
struct mp_plan {
	struct mp_step *steps;
	size_t count;
	char *name; /* of the map, as it is to be */
	struct mp_table table; /* wanted; also filled when nothing needs loading */
	bool force_udev; /* udev must look at the content anew (no RELOAD flag) */
	bool only_unused; /* the removal: never deferred, one in use goes on */
	bool no_active_path; /* tell udev that nothing can be read */
	bool read_only; /* a member is: load the table read-only */
	/* no member has proven to be of this LUN: nothing is loaded before one has */
	bool awaits_proof;
	bool by_prio; /* members and order of the groups follow the priorities */
	enum mp_grouping grouping; /* of the table */
	/* why it is not what is configured; constant, NULL: it is */
	const char *grouping_reason, *handler_reason;
};

#define MP_PLAN_INIT \
	{ \
		0 \
	}

/** mp_plan_fini() - free the steps and the table */
void mp_plan_fini(struct mp_plan *plan);

/** mp_plan_add() - append a step. Return: 0 or -ENOMEM. */
int mp_plan_add(struct mp_plan *plan, struct mp_step step);

/** mp_plan_find() - first step of that kind, borrowed, or NULL */
const struct mp_step *mp_plan_find(const struct mp_plan *plan, enum mp_step_kind kind);

/**
 * mp_plan_format() - one line a step: "mpatha: reload: paths or groups differ", "mpatha: fail path
 * 8:16: ..."
 */
void mp_plan_format(const struct mp_plan *plan, const char *map, struct mp_strbuf *buf);

/** mp_plan_step_name() - for messages: "reload", "fail path" ...; constant */
const char *mp_plan_step_name(enum mp_step_kind kind);
