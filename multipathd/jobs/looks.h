/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * looks.h - looks at the kernel's maps: their list, and the table and states of those whose event
 * number has changed. For: the daemon's rooms.
 *
 * There is one look at a time. A look requested while one is running starts after it: at once if
 * somebody waits for it, else after a rest.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <urcu/list.h>

#include "kernel/dm_list.h"
#include "model/map.h"
#include "multipathd/state/daemon.h"

/* A map as the loop knows it, and as it was found. */
struct look_map {
	char wwid[MP_WWID_SIZE];
	bool known, busy, read_anyway;
	uint32_t event_nr;
	uint64_t generation;
	bool present, read, half_made;
	bool not_ready; /* unknown until now, and udev's database has it as not ready */
	struct mp_kernel_map kernel;
};

struct look_job {
	struct work work;
	struct daemon *daemon; /* for the loop: run() does not follow it */
	struct cds_list_head
		waiters; /* of struct look_waiter: the look began after their request */
	struct look_map **maps;
	size_t count;
	struct mp_dm_listed *listed;
	size_t listed_count;
	int error;
};

struct looks;

/*
 * What becomes of a look, on the loop: begin(), take() for each map, in slices between which
 * anything may change, and end(); then those that wait for the look, then the job is freed.
 */
struct look_takers {
	void (*begin)(struct look_job *job); /* its error, and the list of all devices */
	void (*take)(struct look_job *job, struct look_map *look); /* not after an error */
	void (*end)(struct look_job *job);
};

/**
 * looks_new() - without a look in progress
 * @takers:	constant
 * @ret:	daemon->looks, which the functions below use; looks_free() when the pool has ended
 *
 * Return: 0 or -ENOMEM.
 */
int looks_new(struct daemon *daemon, const struct look_takers *takers, struct looks **ret);

/** looks_free() - drops the waiters. Return: NULL. */
struct looks *looks_free(struct looks *looks);

/**
 * looks_want() - request a look; it begins after a rest of at most 0.1 s if one has just ended
 */
void looks_want(struct daemon *daemon);

/**
 * looks_await_unused() - like looks_await(), and also read maps whose active group changes with the
 * next I/O, without an event: mp_table_awaits_io()
 */
void looks_await_unused(struct daemon *daemon, struct look_waiter *waiter);

/** looks_have_unused() - Return: true if there are such maps */
bool looks_have_unused(const struct daemon *daemon);

/**
 * looks_await() - request a look at once and be called when it has ended; cds_list_del() of
 * @waiter->in_waiters cancels the call
 */
void looks_await(struct daemon *daemon, struct look_waiter *waiter);
