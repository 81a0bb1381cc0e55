/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scsi.h - SCSI commands by SG_IO.  All block: for workers.  For: checkers, prioritizers, programs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Linux's host byte; only those that are used here. */
enum mp_scsi_host_status {
	MP_SCSI_HOST_OK = 0x00,
	MP_SCSI_HOST_NO_CONNECT = 0x01,
	MP_SCSI_HOST_BUS_BUSY = 0x02,
	MP_SCSI_HOST_TIMEOUT = 0x03,
	MP_SCSI_HOST_BAD_TARGET = 0x04,
	MP_SCSI_HOST_ABORT = 0x05,
	MP_SCSI_HOST_ERROR = 0x07,
	MP_SCSI_HOST_SOFT_ERROR = 0x0b,
	MP_SCSI_HOST_TRANSPORT_DISRUPTED = 0x0e,
	MP_SCSI_HOST_TRANSPORT_FAILFAST = 0x0f,
};

/* spc4r36j 4.5.6 */
enum mp_scsi_sense_key {
	MP_SCSI_SENSE_NONE = 0x0,
	MP_SCSI_SENSE_RECOVERED = 0x1,
	MP_SCSI_SENSE_NOT_READY = 0x2,
	MP_SCSI_SENSE_ILLEGAL_REQUEST = 0x5,
	MP_SCSI_SENSE_UNIT_ATTENTION = 0x6,
};

struct mp_scsi_result {
	int host_status, driver_status, scsi_status; /* of struct sg_io_hdr */
	uint8_t sense_key, asc, ascq; /* 0 if there is no sense data */
	size_t received; /* bytes of data */
	unsigned duration_msec;
};

struct sg_io_hdr;
enum { MP_SCSI_SENSE_SIZE = 32 }; /* room for sense data; codes are in the first 14 bytes */

/**
 * mp_scsi_take() - the result of a command that the kernel has ended. header->sbp: what it was
 * given for sense data
 */
void mp_scsi_take(const struct sg_io_hdr *header, struct mp_scsi_result *ret);

/** mp_scsi_is_good() - no status of any layer */
static inline bool mp_scsi_is_good(const struct mp_scsi_result *result)
{
	return !result->host_status && !result->driver_status && !result->scsi_status;
}

/** mp_scsi_is_conflict() - status RESERVATION CONFLICT (sam5r21 5.3.1) */
static inline bool mp_scsi_is_conflict(const struct mp_scsi_result *result)
{
	return (result->scsi_status & 0x7e) == 0x18;
}

/**
 * mp_scsi_is_aborted() - status TASK ABORTED (sam5r21 5.3.1): another initiator's PREEMPT AND
 * ABORT, for example, has ended it
 */
static inline bool mp_scsi_is_aborted(const struct mp_scsi_result *result)
{
	return (result->scsi_status & 0x7e) == 0x40;
}

/**
 * mp_scsi_is_transient() - the host adapter or the transport was in the way for a moment: worth
 * another try
 */
static inline bool mp_scsi_is_transient(const struct mp_scsi_result *result)
{
	return result->host_status == MP_SCSI_HOST_BUS_BUSY ||
	       result->host_status == MP_SCSI_HOST_ERROR ||
	       result->host_status == MP_SCSI_HOST_SOFT_ERROR ||
	       result->host_status == MP_SCSI_HOST_TRANSPORT_DISRUPTED;
}

/**
 * mp_scsi_tells_of_removal() - unit attention: another I_T nexus has removed this one's
 * registration or the reservation (spc4r36j annex: RESERVATIONS PREEMPTED, RESERVATIONS RELEASED,
 * REGISTRATIONS PREEMPTED)
 */
static inline bool mp_scsi_tells_of_removal(const struct mp_scsi_result *result)
{
	return result->sense_key == MP_SCSI_SENSE_UNIT_ATTENTION && result->asc == 0x2a &&
	       result->ascq >= 0x03 && result->ascq <= 0x05;
}

/**
 * mp_scsi_command() - one command
 * @cdb:	@cdb_size bytes
 * @data:	data-in buffer, NULL if none
 * @timeout_msec:	> 0
 * @ret:	always written when 0 is returned
 *
 * Return: 0 if the command got through, whatever its status; -ENOTTY and others if the ioctl itself
 * failed.
 */
int mp_scsi_command(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t data_size,
		    unsigned timeout_msec, struct mp_scsi_result *ret);

/** mp_scsi_send() - as mp_scsi_command(), with data going out */
int mp_scsi_send(int fd, const uint8_t *cdb, size_t cdb_size, const void *data, size_t data_size,
		 unsigned timeout_msec, struct mp_scsi_result *ret);

/**
 * mp_scsi_inquiry() - @page < 0: standard data. Return: bytes received, negative errno (-EIO:
 * refused).
 */
int mp_scsi_inquiry(int fd, int page, void *data, size_t size, unsigned timeout_msec);

/**
 * mp_scsi_tpg() - target port group from INQUIRY VPD page 0x83. Return: the group, -ENOENT none,
 * negative errno.
 */
int mp_scsi_tpg(int fd, unsigned timeout_msec);

/* What mp_scsi_identify() puts before a serial number: it is no WWID. */
#define MP_SCSI_SERIAL_NAME "serial "

/**
 * mp_scsi_identify() - what the device says that it is, asked of the device now
 * @known:	the name to choose if it is among those on VPD page 0x83, else the best one; NULL:
 *		the best one
 * @wwid:	from VPD page 0x83; of a device without that page "serial " and its unit serial
 *		number (page 0x80)
 * @tpg:	target port group, -1: none; written if there is a page 0x83
 *
 * Return: 0, -ENOENT it answers, but has neither; other negative errno: it did not answer.
 */
int mp_scsi_identify(int fd, const char *known, char *wwid, size_t size, int *tpg,
		     unsigned timeout_msec);

/**
 * mp_scsi_report_groups() - REPORT TARGET PORT GROUPS (spc4r36j 6.37). Return: bytes received,
 * negative errno.
 */
int mp_scsi_report_groups(int fd, void *data, size_t size, unsigned timeout_msec);

/**
 * mp_scsi_is_rdac() - whether the array reports its controllers' state in vendor page 0xC9
 * @listed_only:	ask for that page only if the list of supported pages has it
 *
 * Return: 1 it does, 0 it does not, negative errno if it cannot be told now.
 */
int mp_scsi_is_rdac(int fd, bool listed_only, unsigned timeout_msec);

/**
 * mp_scsi_vpd_text() - text of a vendor's page for listings (%g); @vendor "hp3par". Return: 0,
 * -EINVAL unknown vendor, negative errno.
 */
int mp_scsi_vpd_text(int fd, const char *vendor, char *text, size_t size, unsigned timeout_msec);
