/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hds: Hitachi HDS 9500V and alike: even LDEVs belong to even controllers, odd to odd; INQUIRY data
 * tells both.
 */
#include <errno.h>

#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

enum { INQUIRY_SIZE = 255, LDEV_AT = 44, LDEV_DIGITS = 4, CONTROLLER_AT = 49 };

static int hex_digit(unsigned char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -EBADMSG;
}

static int hds_priority(struct mp_prioritization *prioritization)
{
	unsigned char data[INQUIRY_SIZE] = { 0 };
	int ldev, controller;
	int r = mp_scsi_inquiry(prioritization->fd, -1, data, sizeof(data),
				prioritization->timeout_msec);

	if (r < 0)
		return r;
	ldev = hex_digit(data[LDEV_AT + LDEV_DIGITS - 1]);
	controller = data[CONTROLLER_AT];
	if (ldev < 0 || controller < '0' || controller > '9')
		return -EBADMSG;
	return ldev % 2 == (controller - '0') % 2;
}

const struct mp_prioritizer mp_prioritizer_hds = { .name = "hds", .priority = hds_priority };
