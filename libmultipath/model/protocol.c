/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/protocol.h"

#include <errno.h>
#include <string.h>

static const char *const names[MP_PROTOCOLS] = {
	[MP_PROTOCOL_UNDEF] = "undef",
	[MP_PROTOCOL_CCW] = "ccw",
	[MP_PROTOCOL_CCISS] = "cciss",
	[MP_PROTOCOL_SCSI_FCP] = "scsi:fcp",
	[MP_PROTOCOL_SCSI_SPI] = "scsi:spi",
	[MP_PROTOCOL_SCSI_SSA] = "scsi:ssa",
	[MP_PROTOCOL_SCSI_SBP] = "scsi:sbp",
	[MP_PROTOCOL_SCSI_SRP] = "scsi:srp",
	[MP_PROTOCOL_SCSI_ISCSI] = "scsi:iscsi",
	[MP_PROTOCOL_SCSI_SAS] = "scsi:sas",
	[MP_PROTOCOL_SCSI_ADT] = "scsi:adt",
	[MP_PROTOCOL_SCSI_ATA] = "scsi:ata",
	[MP_PROTOCOL_SCSI_USB] = "scsi:usb",
	[MP_PROTOCOL_SCSI_UNSPEC] = "scsi:unspec",
	[MP_PROTOCOL_NVME_PCIE] = "nvme:pcie",
	[MP_PROTOCOL_NVME_RDMA] = "nvme:rdma",
	[MP_PROTOCOL_NVME_FC] = "nvme:fc",
	[MP_PROTOCOL_NVME_TCP] = "nvme:tcp",
	[MP_PROTOCOL_NVME_LOOP] = "nvme:loop",
	[MP_PROTOCOL_NVME_APPLE] = "nvme:apple-nvme",
	[MP_PROTOCOL_NVME_UNSPEC] = "nvme:unspec",
};

const char *mp_protocol_name(enum mp_protocol protocol)
{
	return protocol < MP_PROTOCOLS ? names[protocol] : "undef";
}

int mp_protocol_parse(const char *name, enum mp_protocol *ret)
{
	for (unsigned i = 0; i < MP_PROTOCOLS; i++)
		if (!strcmp(name, names[i])) {
			*ret = i;
			return 0;
		}
	return -EINVAL;
}
