/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rdac: LSI, Engenio and NetApp E-Series arrays, by the array's vendor page 0xC9. */
#include <string.h>

#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

enum { PAGE_ACCESS = 0xc9, PAGE_LENGTH = 0x2c, PAGE_SIZE = 48 };

static int rdac_priority(struct mp_prioritization *prioritization)
{
	unsigned char page[PAGE_SIZE] = { 0 };
	int priority = 0;

	if (mp_scsi_inquiry(prioritization->fd, PAGE_ACCESS, page, sizeof(page),
			    prioritization->timeout_msec) < 0)
		return 0;
	if (page[1] != PAGE_ACCESS || page[3] != PAGE_LENGTH || memcmp(page + 4, "vac", 3))
		return 0;
	if (page[8] & 0x01) /* this controller owns it */
		priority += 2;
	if ((page[9] & 0xf) == 1) /* preferred */
		priority += 4;
	else if ((page[9] & 0xf) == 2)
		priority += 1;
	if (page[8] & 0x20) /* both controllers serve it */
		priority += 8;
	return priority;
}

const struct mp_prioritizer mp_prioritizer_rdac = { .name = "rdac", .priority = rdac_priority };
