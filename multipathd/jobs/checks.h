/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * checks.h - one check of a path: its checker, and everything else that is read from the device
 * when it answers. For: the daemon's control.
 */
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "checkers/checker.h"
#include "model/path.h"
#include "multipathd/jobs/ports.h"
#include "multipathd/jobs/registrations.h"
#include "multipathd/loop/pool.h"
#include "prioritizers/prioritizer.h"

struct daemon;

struct check_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	uint64_t path_id;
	uint64_t begun_usec, run_usec; /* run_usec: when a worker took it */
	/*
	 * of the path when the check began: commands sent later belong to this epoch or a later one
	 */
	uint64_t epoch;
	char node[MP_NAME_SIZE + 8];
	char *dir;
	dev_t devt;
	enum mp_protocol protocol;
	unsigned timeout_msec;
	bool abandoned; /* its path is gone: the job owns the descriptor */

	const struct mp_checker *checker;
	struct mp_check check; /* check.fd: -1 if the job must open the node */
	int error; /* of opening, or of the checker */
	/*
	 * An asynchronous read: its completion and the end of the job's first run come in any
	 * order, then the job runs a second time.
	 */
	bool reading, reaped, parked, second_turn;
	/*
	 * While many checks hang, the device is probed first; the check itself follows on another
	 * lane.
	 */
	int knock_fd; /* -1: no probe */
	sd_event_source *knock_source; /* on the loop, until it answers */
	bool knocked, detour;
	uint64_t detour_lane;

	bool want_proof;
	int proof_error; /* as mp_scsi_identify() */
	int tpg; /* target port group, from the proof if there is one; -1 unknown */
	char *proof; /* with proof_error 0 */
	/* the kernel's copy of it, if the proven name differs from the known one; or NULL */
	char *page;
	bool ask_rdac, rdac_if_listed;
	bool ask_ana;
	int rdac, ana; /* 1 yes, 0 no, negative: not reported */
	const char *vpd_vendor; /* constant; NULL: its page is not read */
	char *vpd_text; /* NULL: not told */
	bool offline; /* sysfs state */
	bool ask_port;
	unsigned port_epoch; /* of the path's port when the check began */
	enum port_state port;
	bool told_read_only, read_only; /* of the device, when it was opened or identified */

	const struct mp_prioritizer *prioritizer; /* NULL: not asked this time */
	struct mp_prioritization *prio;
	struct mp_identity *identity; /* copy for a prioritizer that reads it */
	enum mp_tpgs tpgs;
	char *prio_args;
	int priority;
	struct reservation_check reservation;
	char *known; /* the name that it should have, as in struct mp_statement */
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

/** checks_begin() - start a check; takes the job */
void checks_begin(struct check_job *job, uint64_t lane, uint64_t timeout_usec);

/**
 * checks_abandon() - its path is going away: the answer is dropped, and the job owns the descriptor
 */
void checks_abandon(struct check_job *job);

/** check_job_free() - free a job that is not running; closes the descriptor of an abandoned one */
void check_job_free(struct check_job *job);
