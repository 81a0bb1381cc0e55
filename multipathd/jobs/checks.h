/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checks.h - one check of a path: its checker, and all that is asked of the device when it answers.
 * For: the daemon's control.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "checkers/checker.h"
#include "model/path.h"
#include "multipathd/jobs/registrations.h"
#include "multipathd/loop/pool.h"
#include "prioritizers/prioritizer.h"

struct daemon;

struct check_job {
	struct work work;
	struct daemon *daemon;
	uint64_t path_id;
	uint64_t begun_usec, run_usec; /* run_usec: when a worker took it */
	/* of the path, when it began: what is sent later is sent in no earlier one */
	uint64_t epoch;
	char node[MP_NAME_SIZE + 8];
	char *dir;
	dev_t devt;
	enum mp_protocol protocol;
	unsigned timeout_msec;
	bool abandoned; /* its path is gone: the descriptor is the job's */

	const struct mp_checker *checker;
	struct mp_check check; /* check.fd: -1 if the job is to open the node */
	int error; /* of opening, or of the checker */
	/*
	 * An asynchronous read: its end and the end of the first turn come in any order, then the
	 * job has a second turn.
	 */
	bool reading, reaped, parked, second_turn;
	/*
	 * While many checks hang, the device is asked first whether it answers; the check itself
	 * follows on another lane.
	 */
	int knock_fd; /* -1: not asked */
	sd_event_source *knock_source; /* on the loop, until it answers */
	bool knocked, detour;
	uint64_t detour_lane;

	bool want_proof;
	int proof_error; /* as mp_scsi_identify() */
	int tpg; /* target port group, of the proof if there is one; -1 unknown */
	char *proof; /* with proof_error 0 */
	/* the kernel's copy of it, if another name is proved than is known and certain; or NULL */
	char *page;
	bool ask_rdac, rdac_if_listed;
	bool ask_ana;
	int rdac, ana; /* 1 yes, 0 no, negative: not told */
	const char *vpd_vendor; /* constant; NULL: its page is not asked for */
	char *vpd_text; /* NULL: not told */
	bool offline; /* sysfs state */
	bool told_read_only, read_only; /* of the device, when it was opened or proved */

	const struct mp_prioritizer *prioritizer; /* NULL: not asked this time */
	struct mp_prioritization *prio;
	struct mp_identity *identity; /* copy for a prioritizer that reads it */
	enum mp_tpgs tpgs;
	char *prio_args;
	int priority;
	struct reservation_check reservation;
	char *known; /* the name that it is to have, as struct mp_statement */
	bool certain;
};

struct checks;

/**
 * checks_new() - no check in progress
 * @answered:	called on the loop with each job that checks_begin() took; it frees the job
 * @ret:	daemon->checks; checks_free() when the pool has ended
 *
 * Return: 0, negative errno.
 */
int checks_new(struct daemon *daemon, void (*answered)(struct check_job *job), struct checks **ret);

/** checks_free() - Return: NULL */
struct checks *checks_free(struct checks *checks);

/** checks_begin() - takes the job, whose copies are made; its lane is that of checks */
void checks_begin(struct check_job *job, uint64_t lane, uint64_t timeout_usec);

/**
 * checks_abandon() - its path goes away: the answer is dropped when it comes, and the descriptor is
 * the job's
 */
void checks_abandon(struct check_job *job);

void check_job_free(struct check_job *job);
