/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* protocol.h - transports of a path.  For: every room. */
#pragma once
#include <stdbool.h>

enum mp_protocol {
	MP_PROTOCOL_UNDEF,
	MP_PROTOCOL_CCW,
	MP_PROTOCOL_CCISS,
	MP_PROTOCOL_SCSI_FCP,
	MP_PROTOCOL_SCSI_SPI,
	MP_PROTOCOL_SCSI_SSA,
	MP_PROTOCOL_SCSI_SBP,
	MP_PROTOCOL_SCSI_SRP,
	MP_PROTOCOL_SCSI_ISCSI,
	MP_PROTOCOL_SCSI_SAS,
	MP_PROTOCOL_SCSI_ADT,
	MP_PROTOCOL_SCSI_ATA,
	MP_PROTOCOL_SCSI_USB,
	MP_PROTOCOL_SCSI_UNSPEC,
	MP_PROTOCOL_NVME_PCIE,
	MP_PROTOCOL_NVME_RDMA,
	MP_PROTOCOL_NVME_FC,
	MP_PROTOCOL_NVME_TCP,
	MP_PROTOCOL_NVME_LOOP,
	MP_PROTOCOL_NVME_APPLE,
	MP_PROTOCOL_NVME_UNSPEC,
	MP_PROTOCOLS
};

/** mp_protocol_name() - "undef", "ccw", "scsi:fcp" ... as in %P and the configuration; constant */
const char *mp_protocol_name(enum mp_protocol protocol);

/** mp_protocol_parse() - exact name. Return: 0, -EINVAL. */
int mp_protocol_parse(const char *name, enum mp_protocol *ret);

/** mp_protocol_is_scsi() - any of the SCSI transports */
static inline bool mp_protocol_is_scsi(enum mp_protocol protocol)
{
	return protocol >= MP_PROTOCOL_SCSI_FCP && protocol <= MP_PROTOCOL_SCSI_UNSPEC;
}

/** mp_protocol_is_nvme() - any of the NVMe transports */
static inline bool mp_protocol_is_nvme(enum mp_protocol protocol)
{
	return protocol >= MP_PROTOCOL_NVME_PCIE && protocol <= MP_PROTOCOL_NVME_UNSPEC;
}
