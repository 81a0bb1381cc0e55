/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* check.c - what the checkers share: their answer, and what a unit attention says. */
#include <errno.h>
#include <stdio.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

int mp_check_answer(struct mp_check *check, enum mp_path_state state, const char *message)
{
	check->state = state;
	snprintf(check->message, sizeof(check->message), "%s", message);
	return state == MP_PATH_WILD ? -ENOTTY : 0;
}

void mp_check_notice(struct mp_check *check, const struct mp_scsi_result *result)
{
	if (result->sense_key != MP_SCSI_SENSE_UNIT_ATTENTION)
		return;
	/*
	 * spc4r36j annex: ASYMMETRIC ACCESS STATE CHANGED, IMPLICIT ASYMMETRIC ACCESS STATE
	 * TRANSITION FAILED
	 */
	if (result->asc == 0x2a && (result->ascq == 0x06 || result->ascq == 0x07))
		check->access_changed = true;
	/* INQUIRY DATA HAS CHANGED, REPORTED LUNS DATA HAS CHANGED */
	if (result->asc == 0x3f && (result->ascq == 0x03 || result->ascq == 0x0e))
		check->identity_changed = true;
	if (mp_scsi_tells_of_removal(result))
		check->registration_removed = true;
}
