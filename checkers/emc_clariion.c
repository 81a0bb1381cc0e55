/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* emc_clariion: EMC CLARiiON and VNX, by the array's vendor page 0xC0. */
#include <errno.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

enum { PAGE_STATE = 0xc0, PAGE_SIZE = 128, LUN_OWNED = 2, WWN_AT = 10, WWN_SIZE = 16 };

/* What is kept of the unit's name: enough to see that it is another unit's now. Never 0. */
static unsigned name_digest(const uint8_t *page)
{
	unsigned digest = 2166136261u;

	for (int i = 0; i < WWN_SIZE; i++)
		digest = (digest ^ page[WWN_AT + i]) * 16777619u;
	return digest | 1;
}

/* Return: NULL, or why the path cannot be used. */
static const char *find_fault(const uint8_t *page)
{
	uint8_t failover_mode = page[28] & 7;

	if (page[1] != PAGE_STATE || page[9] != 0)
		return "vendor page is of an unknown format";
	if (page[27] != 3 || (failover_mode != 4 && failover_mode != 6) || !(page[30] & 4))
		return "failover is not configured properly on the array";
	return NULL;
}

/*
 * An inactive snapshot answers INQUIRY but refuses reads, on any path: without that knowledge, I/O
 * would be tried on one path after the other, with a trespass each time.
 */
static int check_owner(struct mp_check *check)
{
	struct mp_scsi_result result;
	int r = mp_check_read_first_block(check, &result);

	check->lun_refused = check->state != MP_PATH_UP &&
			     result.sense_key == MP_SCSI_SENSE_ILLEGAL_REQUEST &&
			     result.asc == 0x25 && result.ascq == 0x01;
	check->asked_lun = check->lun_refused || check->state == MP_PATH_UP;
	return r;
}

static int emc_clariion_check(struct mp_check *check)
{
	uint8_t page[PAGE_SIZE] = { 0 };
	const char *fault;
	int r = mp_check_read_page(check, PAGE_STATE, page, sizeof(page));

	if (r <= 0)
		return r;
	fault = find_fault(page);
	if (fault)
		return mp_check_answer(check, MP_PATH_DOWN, fault);
	if (page[48] != 0)
		return mp_check_answer(check, MP_PATH_SHAKY,
				       "array is not available for normal operation");
	if (page[4] == 0)
		return mp_check_answer(check, MP_PATH_DOWN, "logical unit is not bound");
	if (check->kept && check->kept != name_digest(page))
		return mp_check_answer(check, MP_PATH_DOWN, "logical unit's name changed");
	check->kept = name_digest(page);

	if (page[4] == LUN_OWNED)
		return check_owner(check);
	if (check->lun_refuses)
		return mp_check_answer(check, MP_PATH_DOWN, "logical unit is an inactive snapshot");
	return mp_check_answer(check, MP_PATH_UP, "path is passive, ready to take over");
}

const struct mp_checker mp_checker_emc_clariion = { .name = "emc_clariion",
						    .check = emc_clariion_check };
