/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reservation.h - SCSI persistent reservations: parameter data, and the commands by SG_IO.  For:
 * programs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* spc4r36j table 213 */
enum mp_reservation_type {
	MP_RESERVATION_WRITE_EXCLUSIVE = 1,
	MP_RESERVATION_EXCLUSIVE_ACCESS = 3,
	MP_RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS = 5,
	MP_RESERVATION_EXCLUSIVE_ACCESS_REGISTRANTS = 6,
	MP_RESERVATION_WRITE_EXCLUSIVE_ALL = 7, /* every registrant is a holder */
	MP_RESERVATION_EXCLUSIVE_ACCESS_ALL = 8,
};

enum { MP_RESERVATION_PARAMETERS_SIZE = 24 };

/* PERSISTENT RESERVE OUT; no transport IDs. */
struct mp_reservation_parameters {
	uint64_t key, service_action_key;
	bool all_target_ports, through_power_loss; /* ALL_TG_PT, APTPL */
};

/* READ KEYS, in place */
struct mp_reservation_keys {
	uint32_t generation;
	size_t count;
	const uint8_t *keys; /* of 8 bytes each, borrowed: mp_reservation_key() */
};

/* READ RESERVATION */
struct mp_reservation_holder {
	uint32_t generation;
	bool held;
	uint64_t key; /* 0 if all registrants are holders */
	uint8_t scope, type;
};

/** mp_reservation_encode() - basic parameter list (spc4r36j 6.17.3, table 222) */
void mp_reservation_encode(const struct mp_reservation_parameters *parameters,
			   uint8_t ret[static MP_RESERVATION_PARAMETERS_SIZE]);

/**
 * mp_reservation_decode_keys() - READ KEYS parameter data (spc4r36j 6.16.2, table 209)
 * @size:	bytes in @data; keys that did not fit are left out
 *
 * Return: 0, -EBADMSG shorter than its header.
 */
int mp_reservation_decode_keys(const uint8_t *data, size_t size, struct mp_reservation_keys *ret);

/** mp_reservation_key() - number @index of the keys, below their count */
uint64_t mp_reservation_key(const struct mp_reservation_keys *keys, size_t index);

/** mp_reservation_count() - number of registrations of @key */
size_t mp_reservation_count(const struct mp_reservation_keys *keys, uint64_t key);

/**
 * mp_reservation_decode_holder() - READ RESERVATION parameter data (spc4r36j 6.16.3, tables 210 and
 * 211). Return: 0, -EBADMSG.
 */
int mp_reservation_decode_holder(const uint8_t *data, size_t size,
				 struct mp_reservation_holder *ret);

/*
 * All of these block. Return: 0 or what is said; -EOPNOTSUPP the target has no persistent
 * reservations, -EBUSY reservation conflict, other negative errno.
 */

/** mp_reservation_read_keys() - all of them; @ret borrows *data, which the caller frees */
int mp_reservation_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_keys *ret);

/**
 * mp_reservation_read_holder() - READ RESERVATION. Return: as mp_reservation_decode_holder(), or
 * negative errno.
 */
int mp_reservation_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret);

/**
 * mp_reservation_register() - REGISTER AND IGNORE EXISTING KEY of this path's I_T nexus;
 * @parameters->key does not matter
 */
int mp_reservation_register(int fd, const struct mp_reservation_parameters *parameters,
			    unsigned timeout_msec);
