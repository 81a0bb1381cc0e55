/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * readsector0: READ(10) of the first block (sbc3r36 5.10). Deprecated: directio does the same
 * without a worker.
 */
#include <errno.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

enum { READ_10 = 0x28, BUFFER_SIZE = 4096, TRIES = 3 };

int mp_check_read_first_block(struct mp_check *check, struct mp_scsi_result *result)
{
	static const uint8_t cdb[10] = { READ_10, [8] = 1 };
	uint8_t data[BUFFER_SIZE];

	for (int tries = TRIES; tries; tries--) {
		int r;

		do
			r = mp_scsi_command(check->fd, cdb, sizeof(cdb), data, sizeof(data),
					    check->timeout_msec, result);
		while (r == -EINTR);
		/* The host is short of memory: that says nothing about the path. */
		if (r == -ENOMEM || (r == 0 && mp_scsi_is_good(result)))
			return mp_check_answer(check, MP_PATH_UP, "path is up");
		if (r == 0 && mp_scsi_is_conflict(result))
			return mp_check_answer(check, MP_PATH_UP, MP_CHECK_RESERVED);
		if (r < 0) {
			*result = (struct mp_scsi_result){ 0 };
			break;
		}
		if (result->sense_key != MP_SCSI_SENSE_UNIT_ATTENTION)
			break;
	}
	return mp_check_answer(check, MP_PATH_DOWN, "path is down");
}

static int readsector0_check(struct mp_check *check)
{
	struct mp_scsi_result result;

	return mp_check_read_first_block(check, &result);
}

const struct mp_checker mp_checker_readsector0 = { .name = "readsector0",
						   .check = readsector0_check };
