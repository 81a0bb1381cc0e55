/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * datacore: DataCore SANsymphony: "preferredsds=NAME [timeout=MSEC]"; paths of the storage server
 * of that name come first.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

enum { INQUIRY_SIZE = 255, NAME_AT = 112, NAME_SIZE = 16, NAME_SHORTEST = 2 };

static int datacore_priority(struct mp_prioritization *prioritization)
{
	unsigned timeout_msec = prioritization->timeout_msec;
	unsigned char data[INQUIRY_SIZE + 1] = { 0 };
	char server[256], text[NAME_SIZE + 1], number[16], *end;

	if (!mp_prioritizer_arg(prioritization->args, "preferredsds", server, sizeof(server)) ||
	    strlen(server) < NAME_SHORTEST)
		return 0;
	if (mp_prioritizer_arg(prioritization->args, "timeout", number, sizeof(number))) {
		unsigned long value = strtoul(number, &end, 10);

		if (end == number || *end || value == 0 || value > 3600 * 1000)
			return 0;
		timeout_msec = value;
	}
	if (mp_scsi_inquiry(prioritization->fd, -1, data, INQUIRY_SIZE, timeout_msec) < 0)
		return 0;
	memcpy(text, data + NAME_AT, NAME_SIZE);
	text[NAME_SIZE] = '\0';
	return strstr(text, server) != NULL;
}

const struct mp_prioritizer mp_prioritizer_datacore = { .name = "datacore",
							.priority = datacore_priority };
