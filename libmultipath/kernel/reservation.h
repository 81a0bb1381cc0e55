/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reservation.h - SCSI persistent reservations: what PERSISTENT RESERVE IN and OUT transfer.  Pure.
 * For: reserving, programs, libmpathpersist.
 *
 * A target's data is not trusted: no length in it leads outside of what was received.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/transport_id.h"

/* spc4r36j table 213 */
enum mp_reservation_type {
	MP_RESERVATION_WRITE_EXCLUSIVE = 1,
	MP_RESERVATION_EXCLUSIVE_ACCESS = 3,
	MP_RESERVATION_WRITE_EXCLUSIVE_REGISTRANTS = 5,
	MP_RESERVATION_EXCLUSIVE_ACCESS_REGISTRANTS = 6,
	MP_RESERVATION_WRITE_EXCLUSIVE_ALL = 7, /* every registrant is a holder */
	MP_RESERVATION_EXCLUSIVE_ACCESS_ALL = 8,
};

/** mp_reservation_is_shared() - true if every registrant is a holder */
static inline bool mp_reservation_is_shared(uint8_t type)
{
	return type == MP_RESERVATION_WRITE_EXCLUSIVE_ALL ||
	       type == MP_RESERVATION_EXCLUSIVE_ACCESS_ALL;
}

/* PERSISTENT RESERVE OUT */
struct mp_reservation_parameters {
	uint64_t key, service_action_key;
	bool all_target_ports, through_power_loss; /* ALL_TG_PT, APTPL */
	/* SPEC_I_PT: also register these initiator ports; borrowed */
	const struct mp_transport_id *ports;
	size_t port_count;
};

enum {
	MP_RESERVATION_PARAMETERS_SIZE = 24, /* without initiator ports */
	MP_RESERVATION_PORTS = 32, /* at most, here */
	MP_RESERVATION_LIST_SIZE = MP_RESERVATION_PARAMETERS_SIZE + 4 +
				   MP_RESERVATION_PORTS * MP_TRANSPORT_ID_SIZE_MAX,
};

/* READ KEYS, in place */
struct mp_reservation_keys {
	uint32_t generation;
	size_t count;
	bool cut_off; /* there are more */
	const uint8_t *keys; /* of 8 bytes each, borrowed: mp_reservation_key() */
};

/* READ RESERVATION */
struct mp_reservation_holder {
	uint32_t generation;
	bool held;
	uint64_t key; /* 0 if all registrants are holders */
	uint8_t scope, type;
};

/* REPORT CAPABILITIES */
struct mp_reservation_capabilities {
	uint16_t length; /* as the target reports it */
	uint8_t flags[2]; /* bytes 2 and 3 of table 214: CRH, SIP_C, ..., PTPL_A */
	uint16_t types; /* PERSISTENT RESERVATION TYPE MASK, byte 4 in the upper half */
};

/* READ FULL STATUS, in place: mp_reservation_next() */
struct mp_reservation_status {
	uint32_t generation;
	const uint8_t *next; /* borrowed */
	size_t left;
};

/* One of its descriptors */
struct mp_reservation_registrant {
	uint64_t key;
	bool holder, all_target_ports;
	uint8_t scope, type; /* of a holder */
	uint16_t target_port; /* relative port identifier, unless all_target_ports */
	bool has_transport; /* false: the descriptor has none that can be decoded */
	struct mp_transport_id transport;
};

/**
 * mp_reservation_encode() - parameter list (spc4r36j 6.17.3, tables 222 and 223)
 * @data:	@room bytes; MP_RESERVATION_LIST_SIZE are always enough
 *
 * Return: bytes written, -EINVAL more than MP_RESERVATION_PORTS ports, or one that has no encoding,
 * -ENOSPC.
 */
int mp_reservation_encode(const struct mp_reservation_parameters *parameters, uint8_t *data,
			  size_t room);

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

/**
 * mp_reservation_decode_capabilities() - REPORT CAPABILITIES parameter data (spc4r36j 6.16.4, table
 * 214). Return: 0, -EBADMSG.
 */
int mp_reservation_decode_capabilities(const uint8_t *data, size_t size,
				       struct mp_reservation_capabilities *ret);

/**
 * mp_reservation_decode_status() - READ FULL STATUS parameter data (spc4r36j 6.16.5, table 216)
 * @size:	bytes in @data; descriptors that did not fit are left out
 *
 * Return: 0, -EBADMSG shorter than its header.
 */
int mp_reservation_decode_status(const uint8_t *data, size_t size,
				 struct mp_reservation_status *ret);

/**
 * mp_reservation_next() - the next descriptor (spc4r36j table 217). Return: 1, 0 there is no other
 * one that is complete (@ret untouched).
 */
int mp_reservation_next(struct mp_reservation_status *status,
			struct mp_reservation_registrant *ret);

enum mp_reservation_presence {
	MP_RESERVATION_ABSENT,
	MP_RESERVATION_PRESENT,
	MP_RESERVATION_UNSURE, /* at this target port, but perhaps of another initiator port */
};

/**
 * mp_reservation_find() - has the nexus of these two ports registered @key?
 * @status:	read to its end
 * @target_port:	relative port identifier
 * @initiator:	NULL: unknown
 */
enum mp_reservation_presence mp_reservation_find(struct mp_reservation_status *status, uint64_t key,
						 uint16_t target_port,
						 const struct mp_transport_id *initiator);
