/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/nexus.h"

#include <errno.h>
#include <scsi/scsi.h>
#include <scsi/scsi_ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/bytes.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/sysfs.h"
#include "kernel/vpd.h"

enum { DESIGNATORS = 0x83, PAGE_SIZE_MAX = 1024 };

/* The port of the host: "0x21000024ff3dfde1" */
static bool read_initiator(int fd, struct mp_transport_id *ret)
{
	char dir[64], text[32], *end;
	uint64_t name;
	int host;

	if (ioctl(fd, SCSI_IOCTL_GET_BUS_NUMBER, &host) < 0)
		return false;
	snprintf(dir, sizeof(dir), "class/fc_host/host%d", host);
	if (mp_sysfs_read(mp_roots_system.sys, dir, "port_name", text, sizeof(text)) <= 0)
		return false;
	errno = 0;
	name = strtoull(text, &end, 16);
	if (errno || *end || !name)
		return false;
	*ret = (struct mp_transport_id){ .protocol = MP_TRANSPORT_FC };
	mp_bytes_put_be64(ret->address, name);
	return true;
}

int mp_nexus_read(int fd, unsigned timeout_msec, struct mp_nexus *ret)
{
	uint8_t page[PAGE_SIZE_MAX];
	int r = mp_scsi_inquiry(fd, DESIGNATORS, page, sizeof(page), timeout_msec);

	if (r >= 0)
		r = mp_vpd_target_port(page, r);
	if (r < 0)
		return r;
	*ret = (struct mp_nexus){ .target_port = r };
	ret->has_initiator = read_initiator(fd, &ret->initiator);
	return 0;
}
