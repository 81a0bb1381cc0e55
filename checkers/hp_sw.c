/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hp_sw: HP MSA and HSV arrays with active/passive controllers: a passive one answers INQUIRY but
 * is not ready.
 */
#include <errno.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

enum { PAGE_SERIAL = 0x80, PAGE_SIZE = 255 };

static int hp_sw_check(struct mp_check *check)
{
	static const uint8_t test_unit_ready[6] = { 0 };
	struct mp_scsi_result result;
	uint8_t page[PAGE_SIZE];
	int r = mp_check_read_page(check, PAGE_SERIAL, page, sizeof(page));

	if (r <= 0)
		return r;
	r = mp_scsi_command(check->fd, test_unit_ready, sizeof(test_unit_ready), NULL, 0,
			    check->timeout_msec, &result);
	if (r < 0 || !mp_scsi_is_good(&result))
		return mp_check_answer(check, MP_PATH_GHOST, "path is passive");
	return mp_check_answer(check, MP_PATH_UP, "path is up");
}

const struct mp_checker mp_checker_hp_sw = { .name = "hp_sw", .check = hp_sw_check };
