/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* checker.h - is this path alive?  For: the daemon's check jobs, tests. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/state.h"

struct mp_aio;
struct mp_scsi_result;

/* One check. Filled by the caller, answered by the checker. Used by one worker at a time. */
struct mp_check {
	int fd; /* of the path's device, O_RDONLY; borrowed */
	unsigned timeout_msec;
	/* shared context of the asynchronous ones; NULL: they wait for their answer */
	struct mp_aio *aio;
	void *cookie; /* what mp_aio_reap() returns when an asynchronous check is answered */
	/*
	 * What the checker keeps about this descriptor from check to check (block size); 0 when the
	 * descriptor is new. The caller stores it with the path.
	 */
	unsigned kept;
	/* the LUN refuses I/O, as a path that owns it has found: no other path can do better */
	bool lun_refuses;
	enum mp_path_state state; /* answer */
	/* answer of a path that owns the LUN: whether the LUN refuses I/O */
	bool asked_lun, lun_refused;
	/* Noticed, by the checker or before it ran; cleared by the caller. */
	/*
	 * answer: INQUIRY data or LUN inventory changed (SPC 3F/03, 3F/0E): it may be another LUN
	 */
	bool identity_changed;
	/* answer: the target says that asymmetric access states changed (SPC 2A/06, 2A/07) */
	bool access_changed;
	/* answer: another host may have removed this path's registration (SPC 2A/03 to 2A/05) */
	bool registration_removed;
	char message[96]; /* answer: one phrase for the log, "" if there is nothing to say */
};

struct mp_checker {
	const char *name;
	/*
	 * Worker thread; blocks for timeout_msec at most as far as the kernel keeps its word.
	 * Return: 0 answered; 1 started: the answer comes by mp_aio_reap(); negative errno:
	 * unusable (state WILD).
	 */
	int (*check)(struct mp_check *check);
	bool none; /* no checker: the sysfs state is the answer */
};

/**
 * mp_check_notice() - a unit attention that says that the LUN, its access states or reservations
 * changed; the target tells it once
 */
void mp_check_notice(struct mp_check *check, const struct mp_scsi_result *result);

/**
 * mp_check_answer() - for checkers: set state and message. Return: 0, or -ENOTTY if @state is WILD.
 */
int mp_check_answer(struct mp_check *check, enum mp_path_state state, const char *message);

/* Message of a check that had a reservation conflict, which is the answer of a path that works. */
#define MP_CHECK_RESERVED "path is up, reserved by another host"

/**
 * mp_check_take_read() - turn an mp_aio_done into the answer of the check that returned 1
 * @error:	of struct mp_aio_done
 */
void mp_check_take_read(struct mp_check *check, int error);

/**
 * mp_checker_find() - by name, NULL if unknown; names that begin with "none" are the checker none
 */
const struct mp_checker *mp_checker_find(const char *name);

/** mp_checker_all() - the table, @count rows */
const struct mp_checker *const *mp_checker_all(size_t *count);
