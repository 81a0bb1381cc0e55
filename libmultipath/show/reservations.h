/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reservations.h - who holds what: a map's registrations and its reservation, one line each.  For:
 * the daemon.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "kernel/reservation.h"

struct mp_strbuf;

/* Of this host's key. */
enum mp_registration {
	MP_REGISTRATION_NO_KEY, /* the map has none */
	MP_REGISTRATION_UNKNOWN, /* not read so far */
	MP_REGISTRATION_NONE,
	MP_REGISTRATION_LOST, /* it was registered, and no longer is */
	/* the array has it, but the daemon does not register paths that return */
	MP_REGISTRATION_UNTRACKED,
	MP_REGISTRATION_PRESENT,
	MP_REGISTRATION_HOLDER, /* and this host holds the reservation */
};

struct mp_reservation_row {
	const char *name, *wwid; /* borrowed */
	uint64_t key; /* 0 none */
	bool through_power_loss;
	enum mp_registration registration;
	time_t since; /* of that; 0 unknown */
	unsigned paths, registered_paths;
	/*
	 * of the array's answer; -ETIMEDOUT none in time, -ENODEV no path to ask, -EOPNOTSUPP it
	 * has no persistent reservations. The rest is valid if this is 0.
	 */
	int error;
	size_t keys, own_keys; /* registrations of all hosts, and of this one */
	struct mp_reservation_holder holder;
};

/** mp_registration_name() - a word for it, constant */
const char *mp_registration_name(enum mp_registration registration);

/**
 * mp_show_reservations() - a header and a line for each row; nothing without rows. Cells contain no
 * blanks. Failures are remembered in @out.
 */
void mp_show_reservations(const struct mp_reservation_row *rows, size_t count,
			  struct mp_strbuf *out);

/** mp_show_reservations_json() - the same for programs; failures are remembered in @out */
void mp_show_reservations_json(const struct mp_reservation_row *rows, size_t count,
			       struct mp_strbuf *out);
