/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* tur: TEST UNIT READY (spc4r36j 6.47), without data: cheap for both ends. */
#include <errno.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

enum {
	TRIES = 5,
};

static bool has_sense(const struct mp_scsi_result *result, uint8_t key, uint8_t asc, uint8_t ascq)
{
	return result->sense_key == key && result->asc == asc && result->ascq == ascq;
}

/* Host statuses that say something definite; the others may be gone the next moment. */
static bool is_definite(int host_status)
{
	return host_status == MP_SCSI_HOST_OK || host_status == MP_SCSI_HOST_NO_CONNECT ||
	       host_status == MP_SCSI_HOST_BAD_TARGET || host_status == MP_SCSI_HOST_ABORT ||
	       host_status == MP_SCSI_HOST_TRANSPORT_FAILFAST;
}

/* Return: true if @result is an answer, false if it is worth another try. */
static bool judge(const struct mp_scsi_result *result, struct mp_check *check)
{
	if (mp_scsi_is_conflict(result)) {
		mp_check_answer(check, MP_PATH_UP, MP_CHECK_RESERVED);
		return true;
	}
	if (mp_scsi_is_good(result)) {
		mp_check_answer(check, MP_PATH_UP, "path is up");
		return true;
	}

	mp_check_answer(check, MP_PATH_DOWN, "path is down");
	if (!is_definite(result->host_status))
		return false;
	mp_check_notice(check, result);
	if (result->sense_key == MP_SCSI_SENSE_UNIT_ATTENTION || mp_scsi_is_aborted(result))
		return false;
	if (has_sense(result, MP_SCSI_SENSE_NOT_READY, 0x04, 0x0b))
		mp_check_answer(check, MP_PATH_GHOST, "path is passive");
	else if (has_sense(result, MP_SCSI_SENSE_NOT_READY, 0x04, 0x0a))
		mp_check_answer(check, MP_PATH_PENDING, "path is transitioning");
	else if (has_sense(result, MP_SCSI_SENSE_ILLEGAL_REQUEST, 0x25, 0x00))
		mp_check_answer(check, MP_PATH_DISCONNECTED, "path is disconnected from its LUN");
	return true;
}

static int tur_check(struct mp_check *check)
{
	static const uint8_t cdb[6] = { 0 };
	unsigned left_msec = check->timeout_msec;
	struct mp_scsi_result result;

	for (int tries = TRIES; tries; tries--) {
		int r = mp_scsi_command(check->fd, cdb, sizeof(cdb), NULL, 0, left_msec, &result);

		if (r == -ENOTTY)
			return mp_check_answer(check, MP_PATH_WILD,
					       "device does not support SCSI commands");
		if (r < 0)
			return mp_check_answer(check, MP_PATH_DOWN, "path is down");
		if (judge(&result, check))
			return 0;
		/* All tries share the time of one; the kernel tells how long each took. */
		if (result.duration_msec >= left_msec)
			return mp_check_answer(check, MP_PATH_TIMEOUT, "command timed out");
		left_msec -= result.duration_msec;
	}
	return 0;
}

const struct mp_checker mp_checker_tur = { .name = "tur", .check = tur_check };
