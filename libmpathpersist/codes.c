/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathpersist/codes.h"

#include <stdbool.h>

#include "kernel/scsi.h"
#include "libmpathpersist/mpath_persist.h"

enum { CHECK_CONDITION = 0x02, STATUS_MASK = 0x7e };

/* spc4r36j 4.5.6, tables 45 and 46 */
static int code_of_sense(const struct mp_scsi_result *result)
{
	switch (result->sense_key) {
	case 0x0:
		return MPATH_PR_NO_SENSE;
	case 0x1: /* recovered */
		return MPATH_PR_SUCCESS;
	case 0x2:
		return MPATH_PR_SENSE_NOT_READY;
	case 0x3:
		return MPATH_PR_SENSE_MEDIUM_ERROR;
	case 0x4:
		return MPATH_PR_SENSE_HARDWARE_ERROR;
	case 0x5:
		return MPATH_PR_ILLEGAL_REQ;
	case 0x6:
		return MPATH_PR_SENSE_UNIT_ATTENTION;
	case 0xb:
		return MPATH_PR_SENSE_ABORTED_COMMAND;
	default:
		return MPATH_PR_OTHER;
	}
}

/* An operation is in progress, and will not last. */
static bool is_busy(const struct mp_scsi_result *result)
{
	return result->sense_key == MP_SCSI_SENSE_NOT_READY && result->asc == 0x04 &&
	       result->ascq == 0x07;
}

int code_of_result(const struct mp_scsi_result *result)
{
	if (result->host_status)
		return CODE_TRANSPORT;
	if (mp_scsi_is_conflict(result))
		return MPATH_PR_RESERV_CONFLICT;
	if ((result->scsi_status & STATUS_MASK) == CHECK_CONDITION || result->sense_key) {
		if (result->sense_key == MP_SCSI_SENSE_UNIT_ATTENTION)
			return CODE_AGAIN;
		if (is_busy(result))
			return CODE_BUSY;
		return code_of_sense(result);
	}
	return mp_scsi_is_good(result) ? MPATH_PR_SUCCESS : MPATH_PR_OTHER;
}

int code_of_last_try(int code)
{
	switch (code) {
	case CODE_AGAIN:
		return MPATH_PR_SENSE_UNIT_ATTENTION;
	case CODE_BUSY:
		return MPATH_PR_SENSE_NOT_READY;
	default:
		return code;
	}
}

int code_final(int code)
{
	return code > MPATH_PR_OTHER ? MPATH_PR_OTHER : code;
}
