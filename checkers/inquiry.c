/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the checkers of certain arrays begin with: a vendor page, and what it means if it does not
 * come.
 */
#include <errno.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

enum { INQUIRY = 0x12, EVPD = 1, TRIES = 5 };

int mp_check_read_page(struct mp_check *check, uint8_t page, uint8_t *data, size_t size)
{
	const uint8_t cdb[6] = { INQUIRY, EVPD, page, size >> 8, size & 0xff };
	struct mp_scsi_result result;

	for (int tries = TRIES; tries; tries--) {
		int r = mp_scsi_command(check->fd, cdb, sizeof(cdb), data, size,
					check->timeout_msec, &result);

		if (r == -ENOTTY)
			return mp_check_answer(check, MP_PATH_WILD,
					       "device does not support SCSI commands");
		if (r < 0)
			return mp_check_answer(check, MP_PATH_DOWN, "path is down");
		if (mp_scsi_is_good(&result) || result.sense_key == MP_SCSI_SENSE_RECOVERED)
			return 1;
		if (!mp_scsi_is_transient(&result))
			break;
	}
	if (result.sense_key == MP_SCSI_SENSE_ILLEGAL_REQUEST)
		return mp_check_answer(check, MP_PATH_WILD,
				       "device is not supported by this checker");
	return mp_check_answer(check, MP_PATH_DOWN, "inquiry failed");
}
