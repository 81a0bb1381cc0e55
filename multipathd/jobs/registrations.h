/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registrations.h - checks for and registers a reservation key on a path, by SPC's PERSISTENT
 * RESERVE.  For: jobs, the daemon's control.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "config/prkeys.h"

/* The part of a check that reads registrations: copies in, an answer out. */
struct reservation_check {
	bool wanted;
	unsigned epoch; /* of the map's reservation when the check began */
	struct mp_prkey key;
	bool all_target_ports;
	size_t path_count; /* of the map; 0 unknown; with former_key: that may have it */
	size_t others; /* paths of the map whose checks may be registering them */
	uint64_t former_key; /* unregister this one, if it is left over; 0 none */
	bool leaves; /* if the key is registered nowhere, this path may have none either */
	/* answer */
	bool told;
	/* some path of this host is registered, and then this one as well, unless error is set */
	bool registered;
	bool held;
	bool left; /* the path has no registration */
	bool keeps; /* it has another key than that of the map, and that holds the reservation */
	int error; /* of reading and registering */
	int leave_error;
};

/**
 * registration_check_run() - on a worker
 *
 * A key that was unregistered while the path was down is unregistered, unless others have it. A key
 * that is no longer registered anywhere is not registered again: its removal (PREEMPT) was meant to
 * fence this host. A path that was down then may still have an older key of this host, and would be
 * let through: that is unregistered, unless it holds the reservation. Some targets refuse to
 * register a path that is registered: then it is looked for by its ports, or, where the target does
 * not tell them, the keys are read again, and count.
 */
void registration_check_run(struct reservation_check *check, int fd, unsigned timeout_msec);

/**
 * registration_join() - on a worker: register the path if the target has the key of this host. A
 * host that is shut out meanwhile does not stay registered.
 * @enough:	with so many registrations of the key this path has one of them; 0: it may have none
 * @others:	so many registrations may be those of paths that are being registered, which say
 *		nothing: they may have to be removed again
 * @count:	registrations of the key that were found before; 0 with an error of reading them
 *
 * Return: 0, -ENOKEY the key is registered nowhere, -EAGAIN that is not known; -ESTALE not
 * registered, as registrations are removed all the time; or as mp_reserving_register().
 */
int registration_join(int fd, const struct mp_prkey *key, bool all_target_ports, size_t enough,
		      size_t others, unsigned timeout_msec, size_t *count);

/**
 * registration_register() - on a worker: REGISTER AND IGNORE EXISTING KEY, whether or not
 * this host is registered. Return: as mp_reserving_register().
 */
int registration_register(int fd, const struct mp_prkey *key, bool all_target_ports,
			  unsigned timeout_msec);
