/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emc: EMC CLARiiON and VNX, by the array's vendor page 0xC0. */
#include <errno.h>

#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

enum { PAGE_STATE = 0xc0, PAGE_SIZE = 128 };

static int emc_priority(struct mp_prioritization *prioritization)
{
	unsigned char page[PAGE_SIZE] = { 0 };
	int failover_mode;
	int r = mp_scsi_inquiry(prioritization->fd, PAGE_STATE, page, sizeof(page),
				prioritization->timeout_msec);

	if (r < 0)
		return r;
	failover_mode = page[28] & 7;
	if (page[1] != PAGE_STATE || page[9] != 0 || page[27] != 3 ||
	    (failover_mode != 4 && failover_mode != 6) || !(page[30] & 4) || page[48] != 0)
		return -EOPNOTSUPP;
	/* 0 unbound, 1 bound, 2 owned by this controller; its default owner is preferred */
	return page[4] + (page[5] == page[8] ? 2 : 0);
}

const struct mp_prioritizer mp_prioritizer_emc = { .name = "emc", .priority = emc_priority };
