/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answers.h - what a check's answer changes.  For: the daemon's lifetime and commands.
 *
 * Two values are computed from the current path: how the answer is judged (struct answer), and what
 * follows from the path's new state (struct answer_effects). One function applies them.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/order.h"
#include "model/state.h"

struct check_job;
struct daemon_path;

enum answer_use {
	ANSWER_COUNTS,
	ANSWER_UNASKED, /* its lane hung and it was never asked: ask again in a second */
	ANSWER_UNWANTED, /* the operator has failed the path since: keep its state */
	ANSWER_OUTDATED, /* something has happened since it was asked: ask again */
};

/* Which LUN the device reports to be. */
enum answer_lun { ANSWER_LUN_UNSAID, ANSWER_LUN_SAME, ANSWER_LUN_OTHER };

/* Why a path that answers its checker must get no I/O. */
enum answer_fault {
	ANSWER_NO_FAULT,
	ANSWER_ASTRAY, /* it leads to another LUN */
	ANSWER_SILENT, /* it has not reported its WWID since its identity came into doubt */
};

/* How an answer is judged. */
struct answer {
	enum answer_use use;
	enum answer_lun lun;
	const char *expected; /* the WWID that it should have reported; borrowed */
	bool doubt; /* its identity is in doubt */
	bool stays; /* it stays in use although it has not reported its WWID */
	enum answer_fault fault;
	enum mp_path_state state; /* the path's new state */
};

/**
 * answers_judge() - judge an answer by the current path and the job; changes nothing
 */
struct answer answers_judge(const struct daemon_path *path, const struct check_job *job);

/* Clients that wait for the path's reinstatement */
enum answer_waiters {
	ANSWER_WAITERS_NONE, /* there are none, or they keep waiting */
	ANSWER_WAITERS_OK,
	ANSWER_WAITERS_ORDER, /* they get the result of the message to the kernel */
};

enum answer_report {
	ANSWER_REPORT_NONE,
	ANSWER_REPORT_CHANGE, /* with the number of the map's active paths */
	ANSWER_REPORT_FAULT,
	ANSWER_REPORT_AGAIN, /* the same fault, with log_checker_err once, or one that is listed */
};

/* Everything that follows from a path's new state. */
struct answer_effects {
	enum mp_path_state answer; /* as judged */
	enum mp_path_state state; /* the path's new last real state */
	enum mp_path_state shown; /* or pending */
	unsigned interval_sec;
	struct mp_order (*message)(dev_t devt); /* to the kernel; NULL: none */
	enum answer_waiters waiters;
	enum answer_report report;
	bool doubt; /* it failed, and may lead to another LUN when it comes up */
	bool lost; /* the kernel stops using it */
	bool count_failure;
	bool taste; /* it may have a gmultipath label */
	bool tune; /* its timeouts must be set again */
	bool reconcile; /* it is not in its map's table yet */
	bool regroup; /* its map's groups, queueing and failback must be reviewed */
	bool came_up, went_down;
	bool retry; /* the next check is in a second, not after interval_sec */
};

/**
 * answers_weigh() - compute the effects of an answer; changes nothing
 * @path:	before the answer
 * @answer:	the path's new state; delayed if it is held back
 * @newly_proven:	it has just reported its WWID for the first time
 * @priorities_changed:	a priority of any path of its map has changed
 */
struct answer_effects answers_weigh(const struct daemon_path *path, enum mp_path_state answer,
				    bool newly_proven, bool priorities_changed);

/** answers_take() - callback of checks_new(): a check was answered */
void answers_take(struct check_job *job);

/**
 * answers_time_out() - the running check has not answered in time (control/delays.h), and is still
 * running
 */
void answers_time_out(struct daemon_path *path);

/**
 * answers_fail() - for the operator: fail the path in the kernel, and do not check it until it is
 * reinstated
 * @path:	of a map that exists
 * @request:	answered with ok or fail when the kernel has the message
 *
 * Return: 0, negative errno: nothing was changed.
 */
int answers_fail(struct daemon_path *path, uint64_t request);

/**
 * answers_reinstate() - for the operator: check the path, and reinstate it in the kernel if it is
 * good and proves its identity
 * @request:	answered with ok or fail when the result is known
 *
 * Return: 0 or -ENOMEM.
 */
int answers_reinstate(struct daemon_path *path, uint64_t request);
