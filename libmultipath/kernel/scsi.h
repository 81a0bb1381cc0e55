/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* scsi.h - SCSI commands by SG_IO.  All block: for workers.  For: checkers, prioritizers, programs. */
#pragma once
#include <stddef.h>
#include <stdint.h>

struct mp_scsi_result {
	int host_status, driver_status, scsi_status; /* of struct sg_io_hdr */
	uint8_t sense_key, asc, ascq; /* 0 if there is no sense data */
	size_t received; /* bytes of data */
};

/**
 * mp_scsi_command() - one command
 * @cdb:	@cdb_size bytes
 * @data:	data-in buffer, NULL if none
 * @timeout_msec:	> 0
 * @ret:	always written when 0 is returned
 *
 * Return: 0 if the command got through, whatever its status; -ENOTTY and others if the ioctl itself failed.
 */
int mp_scsi_command(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t data_size, unsigned timeout_msec,
		    struct mp_scsi_result *ret);

/** mp_scsi_inquiry() - @page < 0: standard data. Return: bytes received, negative errno (-EIO: refused). */
int mp_scsi_inquiry(int fd, int page, void *data, size_t size, unsigned timeout_msec);

/** mp_scsi_wwid() - WWID from INQUIRY VPD page 0x83. Return: 0, -ENOENT no usable designator, negative errno. */
int mp_scsi_wwid(int fd, char *wwid, size_t size, unsigned timeout_msec);

/** mp_scsi_report_groups() - REPORT TARGET PORT GROUPS (spc4r36j 6.37). Return: bytes received, negative errno. */
int mp_scsi_report_groups(int fd, void *data, size_t size, unsigned timeout_msec);
