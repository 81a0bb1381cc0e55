/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ontap: NetApp FAS: Fibre Channel before iSCSI HBA before software iSCSI before a path through the
 * partner.
 */
#include <string.h>

#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

enum {
	PAGE_PROXY = 0xc1,
	BUFFER_SIZE = 256,
	PROXY = 1,
	SOFTWARE_ISCSI = 2,
	ISCSI_HBA = 3,
	DIRECT = 4
};

static int by_transport(const unsigned char *data, size_t size)
{
	static const unsigned char header[] = { 0x0a, 0x98, 0x0a, 0x01 };
	const char *text = (const char *)data + 12;

	if (size < 16 || memcmp(data + 4, header, sizeof(header)))
		return 0;
	if (data[8] == 0x41) {
		if (!strncmp(text, "ism_sw", 6) || !strncmp(text, "iswt", 4))
			return SOFTWARE_ISCSI;
		if (!strncmp(text, "ism_sn", 6))
			return ISCSI_HBA;
	}
	return -1;
}

static int ontap_priority(struct mp_prioritization *prioritization)
{
	static const uint8_t ask_transport[10] = { 0xc0, 0x00, 0x01, 0x0a, 0x98, 0x0a, 0x41, 0x80 };
	static const unsigned char proxy_header[] = { 0x0a, 0x98, 0x0a, 0x00, 0xc1, 0x00 };
	unsigned char data[BUFFER_SIZE] = { 0 };
	struct mp_scsi_result result;
	int priority;

	if (mp_scsi_command(prioritization->fd, ask_transport, sizeof(ask_transport), data,
			    sizeof(data), prioritization->timeout_msec, &result) < 0 ||
	    !mp_scsi_is_good(&result))
		return 0;
	priority = by_transport(data, result.received);
	if (priority >= 0)
		return priority;

	memset(data, 0, sizeof(data));
	if (mp_scsi_inquiry(prioritization->fd, PAGE_PROXY, data, sizeof(data),
			    prioritization->timeout_msec) < 0)
		return DIRECT;
	return !memcmp(data + 8, proxy_header, sizeof(proxy_header)) && data[19] & 0x02 ? PROXY :
											  DIRECT;
}

const struct mp_prioritizer mp_prioritizer_ontap = { .name = "ontap", .priority = ontap_priority };
