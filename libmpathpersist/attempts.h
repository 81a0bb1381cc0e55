/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attempts.h - one PERSISTENT RESERVE command, on one path, one path after another, or several at
 * once.  For: libmpathpersist.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/reserving.h"

struct target;
struct target_path;

/* A PERSISTENT RESERVE OUT */
struct attempt {
	enum mp_reserving_out action;
	uint8_t scope_type;
	const struct mp_reservation_parameters *parameters; /* borrowed */
	const uint32_t *generation; /* borrowed: PRGENERATION before a PREEMPT; NULL unknown */
};

/** attempt_path() - repeat it while the path asks for that. Return: as code_of_result() */
int attempt_path(const struct target *target, struct target_path *path,
		 const struct attempt *attempt);

/** attempt_forget() - the codes of former commands */
void attempt_forget(struct target *target);

/** attempt_chosen() - on all chosen paths at once; each has its code afterwards, others none */
void attempt_chosen(struct target *target, const struct attempt *attempt);

/** attempt_more() - the same, not dumped; others keep the codes of former commands */
void attempt_more(struct target *target, const struct attempt *attempt);

/** attempt_is_of_lun() - false if the code of @path may be another one on another path */
bool attempt_is_of_lun(const struct target_path *path);

/**
 * attempt_first() - one usable path after another, active ones first, until the LUN has answered: a
 * conflict may only mean that this path is not registered
 * @ret:	the path that succeeded; NULL none, or its answer was lost: that is MPATH_PR_SUCCESS
 *		if the array shows that the command was done, which it does not of a PREEMPT of the
 *		map's own key
 *
 * Return: MPATH_PR_..., of several failures the one that says most; MPATH_PR_DMMP_ERROR no path is
 * usable.
 */
int attempt_first(struct target *target, const struct attempt *attempt, struct target_path **ret);

/**
 * attempt_in() - PERSISTENT RESERVE IN by one usable path after another, active ones first, until
 * one succeeds or the target does not know the command
 * @size:	bytes in @data; afterwards those received
 *
 * Return: MPATH_PR_...
 */
int attempt_in(struct target *target, enum mp_reserving_in action, uint8_t *data, size_t *size);

/* Of one key, at the array */
struct registrations {
	bool known; /* otherwise all are 0: it did not answer */
	uint32_t generation; /* PRGENERATION, spc4r36j 6.15.2 */
	size_t count;
};

/** attempt_read_registrations() - those of @key */
struct registrations attempt_read_registrations(struct target *target, uint64_t key);

/** attempt_find_key() - true if the array has a registration of @key */
bool attempt_find_key(struct target *target, uint64_t key);

/** attempt_read_holder() - Return: MPATH_PR_... */
int attempt_read_holder(struct target *target, struct mp_reservation_holder *ret);
