/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/fpin.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "base/bytes.h"
#include "base/cleanup.h"

/* ---- events */

enum {
	SCSI_TRANSPORT_MSG = NLMSG_MIN_TYPE + 1,
	SCSI_NL_MAGIC = 0xa1b2,
	SCSI_NL_TRANSPORT_FC = 1,
	FC_NL_ASYNC_EVENT = 0x0100,
};

/* struct fc_nl_event, which begins with a struct scsi_nl_hdr: where its fields are. */
enum {
	AT_TRANSPORT = 1,
	AT_MAGIC = 2,
	AT_TYPE = 4,
	AT_HOST = 24,
	AT_DATA_SIZE = 26,
	AT_CODE = 32,
	AT_DATA = 36,
};

static uint16_t native16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static uint32_t native32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static bool event_decode(const uint8_t *data, size_t size, struct mp_fc_event *ret)
{
	if (size < AT_DATA || data[AT_TRANSPORT] != SCSI_NL_TRANSPORT_FC ||
	    native16(data + AT_MAGIC) != SCSI_NL_MAGIC ||
	    native16(data + AT_TYPE) != FC_NL_ASYNC_EVENT)
		return false;
	ret->host = native16(data + AT_HOST);
	ret->code = native32(data + AT_CODE);
	ret->data = data + AT_DATA;
	ret->size = native16(data + AT_DATA_SIZE);
	if (ret->size > size - AT_DATA)
		ret->size = size - AT_DATA;
	return true;
}

bool mp_fc_event_next(const uint8_t **data, size_t *size, struct mp_fc_event *ret)
{
	struct nlmsghdr header;

	while (*size >= sizeof(header)) {
		const uint8_t *message = *data;
		size_t step;

		memcpy(&header, message, sizeof(header));
		if (header.nlmsg_len < sizeof(header) || header.nlmsg_len > *size)
			return false;
		step = NLMSG_ALIGN((size_t)header.nlmsg_len);
		if (step > *size)
			step = *size;
		*data += step;
		*size -= step;
		if (header.nlmsg_type == SCSI_TRANSPORT_MSG &&
		    event_decode(message + sizeof(header), header.nlmsg_len - sizeof(header), ret))
			return true;
	}
	return false;
}

/* ---- notifications */

enum {
	ELS_FPIN = 0x16,
	ELS_HEADER_SIZE = 8, /* command, and length of the list of descriptors */
	TAG_SIZE = 8, /* tag, and length of what follows */
	PORT_SIZE = 8,
};

enum {
	CONGESTION_CLEAR = 0,
	CONGESTION_OVERSUBSCRIPTION = 3,
};

int mp_fpin_open(const uint8_t *data, size_t size, struct mp_fpin_list *list)
{
	size_t claimed;

	if (size < ELS_HEADER_SIZE || data[0] != ELS_FPIN)
		return -EBADMSG;
	claimed = mp_bytes_be32(data + 4);
	size -= ELS_HEADER_SIZE;
	list->data = data + ELS_HEADER_SIZE;
	list->size = claimed < size ? claimed : size;
	return 0;
}

/* A list of ports: their number is at @at, and they follow. */
static void take_ports(const uint8_t *data, size_t size, size_t at, struct mp_fpin *ret)
{
	size_t room = (size - at - 4) / PORT_SIZE, claimed = mp_bytes_be32(data + at);

	ret->ports = data + at + 4;
	ret->port_count = claimed < room ? claimed : room;
}

/* @data: what follows tag and length */
static bool descriptor_decode(uint32_t tag, const uint8_t *data, size_t size, struct mp_fpin *ret)
{
	static const struct {
		enum mp_fpin_kind kind;
		size_t min_size;
		size_t ports_at; /* 0: there are none */
	} kinds[] = {
		{ MP_FPIN_LINK_INTEGRITY, 32, 28 },
		{ MP_FPIN_DELIVERY, 20, 0 },
		{ MP_FPIN_PEER_CONGESTION, 28, 24 },
		{ MP_FPIN_CONGESTION, 12, 0 },
	};
	size_t i = 0;

	while (i < ARRAY_SIZE(kinds) && kinds[i].kind != tag)
		i++;
	if (i == ARRAY_SIZE(kinds) || size < kinds[i].min_size)
		return false;
	*ret = (struct mp_fpin){ .kind = kinds[i].kind };
	if (ret->kind == MP_FPIN_CONGESTION) {
		ret->reason = mp_bytes_be16(data);
		return true;
	}
	ret->detecting_wwpn = mp_bytes_be64(data);
	ret->attached_wwpn = mp_bytes_be64(data + 8);
	ret->reason = ret->kind == MP_FPIN_DELIVERY ? mp_bytes_be32(data + 16) :
						      mp_bytes_be16(data + 16);
	if (kinds[i].ports_at)
		take_ports(data, size, kinds[i].ports_at, ret);
	return true;
}

bool mp_fpin_next(struct mp_fpin_list *list, struct mp_fpin *ret)
{
	while (list->size >= TAG_SIZE) {
		uint32_t tag = mp_bytes_be32(list->data);
		size_t size = mp_bytes_be32(list->data + 4);
		const uint8_t *data = list->data + TAG_SIZE;

		if (size > list->size - TAG_SIZE)
			return false;
		list->data += TAG_SIZE + size;
		list->size -= TAG_SIZE + size;
		if (descriptor_decode(tag, data, size, ret))
			return true;
	}
	return false;
}

bool mp_fpin_names(const struct mp_fpin *fpin, uint64_t wwpn)
{
	if (!wwpn)
		return false;
	if (wwpn == fpin->detecting_wwpn || wwpn == fpin->attached_wwpn)
		return true;
	for (size_t i = 0; i < fpin->port_count; i++)
		if (mp_bytes_be64(fpin->ports + i * PORT_SIZE) == wwpn)
			return true;
	return false;
}

bool mp_fpin_is_congestion(const struct mp_fpin *fpin)
{
	return fpin->kind == MP_FPIN_PEER_CONGESTION || fpin->kind == MP_FPIN_CONGESTION;
}

enum mp_fpin_verdict mp_fpin_judge(const struct mp_fpin *fpin)
{
	if (!mp_fpin_is_congestion(fpin))
		return MP_FPIN_MARGINAL;
	switch (fpin->reason) {
	case CONGESTION_CLEAR:
		return MP_FPIN_CLEAR;
	case CONGESTION_OVERSUBSCRIPTION:
		return MP_FPIN_IGNORE;
	default:
		return MP_FPIN_MARGINAL;
	}
}

const char *mp_fpin_kind_text(const struct mp_fpin *fpin)
{
	switch (fpin->kind) {
	case MP_FPIN_LINK_INTEGRITY:
		return "link integrity";
	case MP_FPIN_DELIVERY:
		return "delivery";
	case MP_FPIN_PEER_CONGESTION:
		return "peer congestion";
	case MP_FPIN_CONGESTION:
		return "congestion";
	}
	return "unknown kind";
}

const char *mp_fpin_reason_text(const struct mp_fpin *fpin)
{
	static const char *const link[] = { "unknown",
					    "link failure",
					    "loss of synchronization",
					    "loss of signal",
					    "primitive sequence protocol error",
					    "invalid transmission word",
					    "invalid CRC" };
	static const char *const delivery[] = { "unknown", "timeout", "unable to route" };
	static const char *const congestion[] = { "cleared", "lost credit", "credit stall",
						  "oversubscription" };
	static const uint32_t device_specific = 0xf;

	if (fpin->reason == device_specific)
		return "device specific";
	if (fpin->kind == MP_FPIN_LINK_INTEGRITY && fpin->reason < ARRAY_SIZE(link))
		return link[fpin->reason];
	if (fpin->kind == MP_FPIN_DELIVERY && fpin->reason < ARRAY_SIZE(delivery))
		return delivery[fpin->reason];
	if (mp_fpin_is_congestion(fpin) && fpin->reason < ARRAY_SIZE(congestion))
		return congestion[fpin->reason];
	return "unknown";
}

uint64_t mp_fpin_parse_wwpn(const char *text)
{
	char *end;
	unsigned long long value = strtoull(text, &end, 16);

	return *text && !*end ? value : 0;
}
