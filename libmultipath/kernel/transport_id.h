/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport_id.h - TransportIDs, by which SCSI names an initiator port.  Pure.  For: reservation,
 * libmpathpersist.
 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/* spc4r36j table 477; other protocols are not decoded further. */
enum mp_transport_protocol {
	MP_TRANSPORT_FC = 0x0,
	MP_TRANSPORT_ISCSI = 0x5,
	MP_TRANSPORT_SAS = 0x6,
};

/* FORMAT CODE of iSCSI */
enum mp_transport_format {
	MP_TRANSPORT_DEVICE = 0, /* name of the initiator */
	MP_TRANSPORT_PORT = 1, /* and ",i,0x" and its ISID */
};

enum {
	MP_TRANSPORT_ADDRESS_SIZE = 8,
	MP_TRANSPORT_NAME_SIZE = 256, /* with its NUL */
	MP_TRANSPORT_ID_SIZE = 24, /* of all protocols but iSCSI, whose are as long or longer */
	/* rfc3720 3.2.6.1: a name has 223 bytes; with its NUL, ",i,0x" and 12 digits: 241 */
	MP_TRANSPORT_ISCSI_LENGTH = 244,
	MP_TRANSPORT_ID_SIZE_MAX = 4 + MP_TRANSPORT_ISCSI_LENGTH,
};

struct mp_transport_id {
	uint8_t protocol; /* enum mp_transport_protocol, or another one */
	uint8_t format;
	uint8_t address[MP_TRANSPORT_ADDRESS_SIZE]; /* FC: N_Port name; SAS: address */
	char name[MP_TRANSPORT_NAME_SIZE]; /* iSCSI */
};

/**
 * mp_transport_id_decode() - spc4r36j 7.6.4
 * @size:	bytes in @data; nothing after them is read, whatever lengths the data contains
 *
 * An iSCSI name that is too long, or not terminated, is cut off. Of other protocols than those of
 * enum mp_transport_protocol only protocol and format are set.
 * Return: 0, -EBADMSG shorter than its protocol's.
 */
int mp_transport_id_decode(const uint8_t *data, size_t size, struct mp_transport_id *ret);

/**
 * mp_transport_id_encode() - the inverse
 * @data:	@room bytes
 *
 * Return: bytes written, a multiple of 4; -EINVAL another protocol, or no or too long a name;
 * -ENOSPC.
 */
int mp_transport_id_encode(const struct mp_transport_id *id, uint8_t *data, size_t room);

/**
 * mp_transport_id_parse() - the forms of sg_persist(8): "fcp,HEX" and "sas,HEX" of 16 digits,
 * "iqn.NAME", "iqn.NAME,i,0xHEX"
 *
 * Return: 0, -EINVAL.
 */
int mp_transport_id_parse(const char *text, struct mp_transport_id *ret);
