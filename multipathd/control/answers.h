/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answers.h - what the answer to a check changes, or that there is none.  For: the daemon's
 * lifetime and commands.
 *
 * Two values, computed from the path as it is, and one function that applies them: what the answer
 * is worth (struct answer), and what follows from the state that it gives the path (struct
 * answer_effects).
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "model/state.h"

struct check_job;
struct daemon_path;

enum answer_use {
	ANSWER_COUNTS,
	ANSWER_UNASKED, /* its lane hung so long that it was never asked: it is, in a second */
	ANSWER_UNWANTED, /* the operator failed the path meanwhile: its state stays */
	ANSWER_OUTDATED, /* something has happened since it was asked: it is asked again */
};

/* Which LUN the device reports to be. */
enum answer_lun { ANSWER_LUN_UNSAID, ANSWER_LUN_SAME, ANSWER_LUN_OTHER };

/* Why a path that answers its checker must get no I/O. */
enum answer_fault {
	ANSWER_NO_FAULT,
	ANSWER_ASTRAY, /* it leads to another LUN */
	ANSWER_SILENT, /* it has not reported which LUN it is since the last reason for doubt */
};

/* What an answer is worth. */
struct answer {
	enum answer_use use;
	enum answer_lun lun;
	const char *expected; /* the name that it should have reported; borrowed */
	bool doubt; /* what was known of its identity is not known any more */
	bool stays; /* it keeps its I/O although it has not reported which LUN it is */
	enum answer_fault fault;
	enum mp_path_state state; /* that the path is to take */
};

/**
 * answers_judge() - what an answer is worth, from the path and the job as they are; changes nothing
 */
struct answer answers_judge(const struct daemon_path *path, const struct check_job *job);

/* Whoever asked for the path's reinstatement by hand */
enum answer_waiters {
	ANSWER_WAITERS_NONE, /* there is none, or goes on waiting */
	ANSWER_WAITERS_OK,
	ANSWER_WAITERS_ORDER, /* gets what becomes of the message to the kernel */
};

enum answer_report {
	ANSWER_REPORT_NONE,
	ANSWER_REPORT_CHANGE, /* the map's paths are counted */
	ANSWER_REPORT_FAULT,
	ANSWER_REPORT_AGAIN, /* the same fault, with log_checker_err once */
};

/* Everything that follows from a path's new state. */
struct answer_effects {
	enum mp_path_state answer; /* as it was taken */
	enum mp_path_state state; /* the path's last real state from now on */
	enum mp_path_state shown; /* or pending */
	unsigned interval_sec;
	const char *message; /* to the kernel, constant; NULL: none */
	enum answer_waiters waiters;
	enum answer_report report;
	bool doubt; /* it failed, and may come back as another LUN */
	bool lost; /* the kernel stops using it */
	bool count_failure;
	bool taste; /* it may have one of gmultipath's labels */
	bool tune; /* its timeouts are set again */
	bool reconcile; /* its map's table has no place for it yet */
	bool regroup; /* its map's groups, queueing and failback are looked at */
	bool came_up, went_down;
	bool retry; /* the next check is in a second, not after interval_sec */
};

/**
 * answers_weigh() - what follows; changes nothing
 * @path:	as it was before
 * @answer:	the state that it is to take; delayed if it is held back
 * @newly_proven:	it reported its LUN just now, and had not before
 * @priorities_changed:	of any path of its map
 */
struct answer_effects answers_weigh(const struct daemon_path *path, enum mp_path_state answer,
				    bool newly_proven, bool priorities_changed);

/** answers_take() - of checks_new(): a check was answered */
void answers_take(struct check_job *job);

/**
 * answers_time_out() - the check under way has not answered in time (control/delays.h); it is still
 * under way
 */
void answers_time_out(struct daemon_path *path);

/**
 * answers_reinstate() - by hand: check it again, and give it to the kernel if it is good and proves
 * to be of its LUN
 * @request:	answered with ok or fail when that is known
 *
 * Return: 0 or -ENOMEM.
 */
int answers_reinstate(struct daemon_path *path, uint64_t request);
