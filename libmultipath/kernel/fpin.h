/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fpin.h - decode the events of Fibre Channel hosts, and the Fabric Performance Impact
 * Notifications (FPIN) among them.  Pure.  For: the daemon's events and control.
 *
 * The kernel broadcasts the events on a netlink socket, as <scsi/scsi_netlink.h> and
 * <scsi/scsi_netlink_fc.h> define, in the host's byte order. An FPIN is an ELS of the fabric, which
 * the kernel passes on unchecked.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	MP_FC_EVENT_GROUP = 4, /* multicast group of NETLINK_SCSITRANSPORT */
	MP_FC_EVENT_SIZE = 65536 + 64, /* the largest message: 16 bits of length, and headers */
};

/* enum fc_host_event_code of the kernel */
enum mp_fc_event_code {
	MP_FC_EVENT_LINK_UP = 0x2,
	MP_FC_EVENT_RSCN = 0x5, /* Registered State Change Notification */
	MP_FC_EVENT_FPIN = 0x501,
};

struct mp_fc_event {
	unsigned host; /* number of the SCSI host, modulo 65536 */
	uint32_t code; /* mostly an enum mp_fc_event_code */
	const uint8_t *data; /* borrowed */
	size_t size;
};

/**
 * mp_fc_event_next() - the next event in a datagram; other messages are skipped
 * @data:	advanced past the event
 * @size:	bytes left
 *
 * Return: true if *ret was written, false at the end, or where a header claims more than is left.
 */
bool mp_fc_event_next(const uint8_t **data, size_t *size, struct mp_fc_event *ret);

/* The tag of the descriptor (FC-LS-5, <scsi/fc/fc_els.h>). */
enum mp_fpin_kind {
	MP_FPIN_LINK_INTEGRITY = 0x00020001,
	MP_FPIN_DELIVERY = 0x00020002,
	MP_FPIN_PEER_CONGESTION = 0x00020003,
	MP_FPIN_CONGESTION = 0x00020004, /* of the port that received it: no port is named */
};

struct mp_fpin {
	enum mp_fpin_kind kind;
	uint32_t reason; /* event type or reason code */
	uint64_t detecting_wwpn, attached_wwpn; /* 0 none */
	const uint8_t *ports; /* borrowed: WWPNs reached through the attached port, 8 bytes each */
	size_t port_count;
};

/* Where decoding is. */
struct mp_fpin_list {
	const uint8_t *data;
	size_t size;
};

/**
 * mp_fpin_open() - begin with the first descriptor
 * @data:	the ELS, starting at its command; shorter than it claims is fine
 *
 * Return: 0, -EBADMSG if it is not an FPIN.
 */
int mp_fpin_open(const uint8_t *data, size_t size, struct mp_fpin_list *list);

/**
 * mp_fpin_next() - the next descriptor of a known kind
 *
 * Descriptors of other kinds, and those too short for their kind, are skipped; a list of ports ends
 * with its descriptor.
 *
 * Return: true if *ret was written, false at the end, or at a descriptor that is cut short.
 */
bool mp_fpin_next(struct mp_fpin_list *list, struct mp_fpin *ret);

/** mp_fpin_names() - Return: true if the port detected it, is attached to it, or is listed */
bool mp_fpin_names(const struct mp_fpin *fpin, uint64_t wwpn);

/* What follows for paths through the ports that it names. */
enum mp_fpin_verdict {
	MP_FPIN_IGNORE, /* the port works, but is asked for more than it can carry */
	MP_FPIN_MARGINAL,
	MP_FPIN_CLEAR, /* congestion has ended */
};

/** mp_fpin_judge() - by kind and reason */
enum mp_fpin_verdict mp_fpin_judge(const struct mp_fpin *fpin);

/** mp_fpin_is_congestion() - of the host's own port or of a peer */
bool mp_fpin_is_congestion(const struct mp_fpin *fpin);

/** mp_fpin_kind_text(), mp_fpin_reason_text() - for the log, constant: "link integrity", "invalid
 * CRC" */
const char *mp_fpin_kind_text(const struct mp_fpin *fpin);
const char *mp_fpin_reason_text(const struct mp_fpin *fpin);

/** mp_fpin_parse_wwpn() - as in struct mp_identity: "0x2000..." Return: 0 if there is none */
uint64_t mp_fpin_parse_wwpn(const char *text);
