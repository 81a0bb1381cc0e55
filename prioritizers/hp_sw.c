/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* hp_sw: HP MSA and HSV arrays with active/passive controllers: a passive one is not ready. */
#include "kernel/scsi.h"
#include "prioritizers/prioritizers.h"

enum { TRIES = 10, ACTIVE = 4, PASSIVE = 2 };

static int hp_sw_priority(struct mp_prioritization *prioritization)
{
	static const uint8_t test_unit_ready[6] = { 0 };
	struct mp_scsi_result result;

	/* Each unit attention is told once. */
	for (int tries = TRIES; tries; tries--) {
		if (mp_scsi_command(prioritization->fd, test_unit_ready, sizeof(test_unit_ready),
				    NULL, 0, prioritization->timeout_msec, &result) < 0)
			return 0;
		if (mp_scsi_is_good(&result) || result.sense_key == MP_SCSI_SENSE_RECOVERED)
			return ACTIVE;
		if (result.sense_key == MP_SCSI_SENSE_NOT_READY && result.asc == 0x04 &&
		    result.ascq == 0x02)
			return PASSIVE;
		if (result.sense_key != MP_SCSI_SENSE_UNIT_ATTENTION || result.asc != 0x29)
			return 0;
	}
	return 0;
}

const struct mp_prioritizer mp_prioritizer_hp_sw = { .name = "hp_sw", .priority = hp_sw_priority };
