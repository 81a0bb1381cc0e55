/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reserving.h - PERSISTENT RESERVE IN and OUT on one path, by SG_IO.  All of it blocks.  For:
 * programs, libmpathpersist.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

#include "kernel/reservation.h"

struct mp_scsi_result;

/* Service actions: spc4r36j tables 208 and 219 */
enum mp_reserving_in {
	MP_RESERVING_READ_KEYS = 0x00,
	MP_RESERVING_READ_RESERVATION = 0x01,
	MP_RESERVING_REPORT_CAPABILITIES = 0x02,
	MP_RESERVING_READ_FULL_STATUS = 0x03,
};

enum mp_reserving_out {
	MP_RESERVING_REGISTER = 0x00,
	MP_RESERVING_RESERVE = 0x01,
	MP_RESERVING_RELEASE = 0x02,
	MP_RESERVING_CLEAR = 0x03,
	MP_RESERVING_PREEMPT = 0x04,
	MP_RESERVING_PREEMPT_AND_ABORT = 0x05,
	MP_RESERVING_REGISTER_AND_IGNORE = 0x06,
};

/**
 * mp_reserving_in() - one command
 * @size:	allocation length, 65535 at most
 * @ret:	its result, whatever status; written if 0 is returned
 *
 * Return: 0, negative errno of the ioctl.
 */
int mp_reserving_in(int fd, enum mp_reserving_in action, uint8_t *data, size_t size,
		    unsigned timeout_msec, struct mp_scsi_result *ret);

/**
 * mp_reserving_out() - one command
 * @scope_type:	SCOPE in the upper four bits, TYPE in the lower ones
 * @ret:	its result, whatever status; written if 0 is returned
 *
 * Return: 0, of mp_reservation_encode(), negative errno of the ioctl.
 */
int mp_reserving_out(int fd, enum mp_reserving_out action, uint8_t scope_type,
		     const struct mp_reservation_parameters *parameters, unsigned timeout_msec,
		     struct mp_scsi_result *ret);

/*
 * These repeat a command that a unit attention or a transport in trouble has ended. Return: 0 or
 * what is said; -EOPNOTSUPP the target has no persistent reservations, -EBUSY reservation conflict,
 * other negative errno.
 */

/** mp_reserving_read_keys() - all of them; @ret borrows *data, which the caller frees */
int mp_reserving_read_keys(int fd, unsigned timeout_msec, uint8_t **data,
			   struct mp_reservation_keys *ret);

/**
 * mp_reserving_read_status() - all registrations, each with its nexus; @ret borrows *data, which
 * the caller frees. Return: also -EMSGSIZE there are more than one command can read.
 */
int mp_reserving_read_status(int fd, unsigned timeout_msec, uint8_t **data,
			     struct mp_reservation_status *ret);

/**
 * mp_reserving_read_holder() - READ RESERVATION. Return: as mp_reservation_decode_holder(), or
 * negative errno.
 */
int mp_reserving_read_holder(int fd, unsigned timeout_msec, struct mp_reservation_holder *ret);

/**
 * mp_reserving_register() - register this path's I_T nexus
 * @action:	MP_RESERVING_REGISTER, or MP_RESERVING_REGISTER_AND_IGNORE, for which
 *		@parameters->key does not matter
 *
 * Return: also -ESTALE not registered, as the target reports that registrations or the reservation
 * have been taken away since: read the keys before it is tried again. Not with key 0.
 */
int mp_reserving_register(int fd, enum mp_reserving_out action,
			  const struct mp_reservation_parameters *parameters,
			  unsigned timeout_msec);
