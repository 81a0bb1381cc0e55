/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * registrants.h - arrays are asked who has registered with them and who holds the reservation,
 * because a command shows it.  For: commands.
 *
 * A map's array is asked on one path, and on another if the first fails or takes its time: a path
 * or port that hangs costs a second, and an array that is silent three.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "config/prkeys.h"
#include "kernel/reservation.h"
#include "model/path.h"
#include "multipathd/jobs/details.h"

struct daemon;
struct daemon_map;
struct request;

/* What the array has answered for one map. */
struct registrants {
	char wwid[MP_WWID_SIZE]; /* of the map */
	struct mp_prkey key; /* of this host, when it was asked */
	/*
	 * -ENODEV there is no path to ask, -ETIMEDOUT no answer in time, -EOPNOTSUPP it has no
	 * persistent reservations, or negative errno. The rest is valid if this is 0.
	 */
	int error;
	size_t count, own_count; /* registrations: of all keys, of that key */
	struct mp_reservation_holder holder;
};

/**
 * registrants_read() - have workers ask the arrays of maps
 * @only:	this map; NULL: all that exist in the kernel
 * @request:	as for details_read(); @then gets them as details->registrants, in the order of the
 * maps
 *
 * Return: 0, -ENOMEM (then @then is not called).
 */
int registrants_read(struct daemon *daemon, const struct daemon_map *only,
		     const struct request *request, serve_fn then);
