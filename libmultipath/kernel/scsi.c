/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/scsi.h"

#include <errno.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/bytes.h"
#include "kernel/vpd.h"

enum {
	INQUIRY = 0x12,
	MAINTENANCE_IN = 0xa3,
	REPORT_TARGET_PORT_GROUPS = 0x0a,
	SUPPORTED_PAGES = 0x00,
	SERIAL = 0x80,
	DESIGNATORS = 0x83,
	HP3PAR = 0xc0,
	RDAC_STATE = 0xc9,

	/* what every target can answer; some take only one byte of allocation length */
	SHORT_PAGE = 254,
	LONG_PAGE = 4096,
	TRIES = 4, /* a unit attention is told once for each event that the target saw */
};

/*
 * spc4r36j 4.5: fixed format keeps its codes behind the additional length, descriptor format in the
 * header.
 */
static void sense_parse(const uint8_t *sense, size_t size, struct mp_scsi_result *ret)
{
	if (size < 4)
		return;
	switch (sense[0] & 0x7f) {
	case 0x72:
	case 0x73:
		ret->sense_key = sense[1] & 0xf;
		ret->asc = sense[2];
		ret->ascq = sense[3];
		break;
	case 0x70:
	case 0x71:
		if (size < 14)
			return;
		ret->sense_key = sense[2] & 0xf;
		ret->asc = sense[12];
		ret->ascq = sense[13];
		break;
	}
}

void mp_scsi_take(const struct sg_io_hdr *header, struct mp_scsi_result *ret)
{
	*ret = (struct mp_scsi_result){
		.host_status = header->host_status,
		.driver_status = header->driver_status,
		.scsi_status = header->status,
		.received = header->resid > 0 && (unsigned)header->resid <= header->dxfer_len ?
				    header->dxfer_len - header->resid :
				    header->dxfer_len,
		.duration_msec = header->duration,
	};
	sense_parse(header->sbp, header->sb_len_wr, ret);
}

static int sg_io(int fd, int direction, const uint8_t *cdb, size_t cdb_size, const void *data,
		 size_t data_size, unsigned timeout_msec, struct mp_scsi_result *ret)
{
	uint8_t sense[MP_SCSI_SENSE_SIZE] = { 0 };
	struct sg_io_hdr header = {
		.interface_id = 'S',
		.dxfer_direction = data ? direction : SG_DXFER_NONE,
		.cmd_len = cdb_size,
		.cmdp = (unsigned char *)cdb, /* not written to */
		.dxferp = (void *)data,
		.dxfer_len = data ? data_size : 0,
		.mx_sb_len = sizeof(sense),
		.sbp = sense,
		.timeout = timeout_msec,
	};

	if (ioctl(fd, SG_IO, &header) < 0)
		return -errno;

	mp_scsi_take(&header, ret);
	return 0;
}

int mp_scsi_command(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t data_size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	return sg_io(fd, SG_DXFER_FROM_DEV, cdb, cdb_size, data, data_size, timeout_msec, ret);
}

int mp_scsi_send(int fd, const uint8_t *cdb, size_t cdb_size, const void *data, size_t data_size,
		 unsigned timeout_msec, struct mp_scsi_result *ret)
{
	return sg_io(fd, SG_DXFER_TO_DEV, cdb, cdb_size, data, data_size, timeout_msec, ret);
}

/*
 * Return: bytes received, -EOPNOTSUPP: refused. A unit attention or a device that is becoming ready
 * gets another try.
 */
static int read_data(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t size,
		     unsigned timeout_msec)
{
	struct mp_scsi_result result;

	for (int tries = TRIES; tries; tries--) {
		int r = mp_scsi_command(fd, cdb, cdb_size, data, size, timeout_msec, &result);

		if (r < 0)
			return r;
		if (mp_scsi_is_good(&result) || result.sense_key == MP_SCSI_SENSE_RECOVERED)
			return result.received;
		if (result.sense_key != MP_SCSI_SENSE_UNIT_ATTENTION &&
		    result.sense_key != MP_SCSI_SENSE_NOT_READY && !mp_scsi_is_transient(&result))
			break;
	}
	if (result.sense_key == MP_SCSI_SENSE_ILLEGAL_REQUEST && !result.host_status)
		return -EOPNOTSUPP;
	return result.host_status == MP_SCSI_HOST_TIMEOUT ? -ETIMEDOUT : -EIO;
}

static int inquire(int fd, int page, void *data, size_t size, unsigned timeout_msec)
{
	size_t room = size < LONG_PAGE ? size : LONG_PAGE;
	const uint8_t cdb[6] = { INQUIRY, page >= 0, page >= 0 ? page : 0, room >> 8, room & 0xff };

	return read_data(fd, cdb, sizeof(cdb), data, room, timeout_msec);
}

static int refusal_is_error(int r)
{
	return r == -EOPNOTSUPP ? -EIO : r;
}

int mp_scsi_inquiry(int fd, int page, void *data, size_t size, unsigned timeout_msec)
{
	return refusal_is_error(inquire(fd, page, data, size, timeout_msec));
}

/* Return: bytes of the page in @page, of LONG_PAGE bytes; -EOPNOTSUPP: refused. */
static int ask_designators(int fd, uint8_t *page, unsigned timeout_msec)
{
	int size = inquire(fd, DESIGNATORS, page, SHORT_PAGE, timeout_msec);

	if (size == SHORT_PAGE && page[1] == DESIGNATORS &&
	    mp_bytes_be16(page + 2) + 4 > SHORT_PAGE)
		return inquire(fd, DESIGNATORS, page, LONG_PAGE, timeout_msec);
	return size;
}

static int read_designators(int fd, uint8_t *page, unsigned timeout_msec)
{
	return refusal_is_error(ask_designators(fd, page, timeout_msec));
}

int mp_scsi_identify(int fd, const char *known, char *wwid, size_t size, int *tpg,
		     unsigned timeout_msec)
{
	uint8_t page[LONG_PAGE];
	int r = ask_designators(fd, page, timeout_msec), group;
	char serial[SHORT_PAGE];

	if (r >= 0) {
		group = mp_vpd_tpg(page, r);
		*tpg = group < 0 ? -1 : group;
		r = mp_vpd_wwid(page, r, known, wwid, size);
		if (r == 0)
			return 0;
	} else if (r != -EOPNOTSUPP) {
		return r;
	}
	r = inquire(fd, SERIAL, page, SHORT_PAGE, timeout_msec);
	if (r < 0)
		return r == -EOPNOTSUPP ? -ENOENT : r;
	if (mp_vpd_serial(page, r, serial, sizeof(serial)) < 0 || !*serial)
		return -ENOENT;
	snprintf(wwid, size, MP_SCSI_SERIAL_NAME "%s", serial);
	return 0;
}

int mp_scsi_tpg(int fd, unsigned timeout_msec)
{
	uint8_t page[LONG_PAGE];
	int r = read_designators(fd, page, timeout_msec);

	return r < 0 ? r : mp_vpd_tpg(page, r);
}

int mp_scsi_report_groups(int fd, void *data, size_t size, unsigned timeout_msec)
{
	const uint8_t cdb[12] = {
		MAINTENANCE_IN,
		REPORT_TARGET_PORT_GROUPS,
		0,
		0,
		0,
		0,
		size >> 24,
		size >> 16,
		size >> 8,
		size,
	};

	return refusal_is_error(read_data(fd, cdb, sizeof(cdb), data, size, timeout_msec));
}

/* Return: 1 in the list of pages, 0 not, negative errno. */
static int has_page(int fd, uint8_t page, unsigned timeout_msec)
{
	uint8_t list[SHORT_PAGE];
	int size = mp_scsi_inquiry(fd, SUPPORTED_PAGES, list, sizeof(list), timeout_msec);

	if (size < 0)
		return size == -EIO ? 0 : size; /* refused */
	for (int i = 4; i < size && i < list[3] + 4; i++)
		if (list[i] == page)
			return 1;
	return 0;
}

int mp_scsi_is_rdac(int fd, bool listed_only, unsigned timeout_msec)
{
	uint8_t page[48];
	int r = listed_only ? has_page(fd, RDAC_STATE, timeout_msec) : 1;

	if (r <= 0)
		return r;
	r = mp_scsi_inquiry(fd, RDAC_STATE, page, sizeof(page), timeout_msec);
	if (r < 0)
		return r == -EIO ? 0 : r;
	return r >= 8 && page[1] == RDAC_STATE && !memcmp(page + 4, "vac1", 4);
}

int mp_scsi_vpd_text(int fd, const char *vendor, char *text, size_t size, unsigned timeout_msec)
{
	uint8_t page[LONG_PAGE];
	int r;

	if (strcmp(vendor, "hp3par"))
		return -EINVAL;
	r = mp_scsi_inquiry(fd, HP3PAR, page, sizeof(page), timeout_msec);
	return r < 0 ? r : mp_vpd_hp3par(page, r, text, size);
}
