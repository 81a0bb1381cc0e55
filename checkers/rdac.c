/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rdac: LSI, Engenio and NetApp E-Series arrays, by the array's vendor page 0xC9. */
#include <errno.h>
#include <string.h>

#include "checkers/checkers.h"
#include "kernel/scsi.h"

enum {
	PAGE_ACCESS = 0xc9,
	PAGE_SIZE = 48,

	MODE_SENSE_10 = 0x5a,
	MODE_SELECT_10 = 0x55,
	CONTROL_PAGE = 0x0a,
	CHANGEABLE_VALUES = 0x40,
	MODE_SIZE = 20, /* header and control page */
	TAS_AT = 13,
	TAS = 0x40,

	GROUP_UNAVAILABLE = 0x3,
	GROUP_TRANSITIONING = 0xf,
};

static int mode_sense(struct mp_check *check, uint8_t page, uint8_t *data)
{
	const uint8_t cdb[10] = { MODE_SENSE_10, 0x08 /* no block descriptors */,
				  page, [8] = MODE_SIZE };
	struct mp_scsi_result result;
	int r = mp_scsi_command(check->fd, cdb, sizeof(cdb), data, MODE_SIZE, check->timeout_msec,
				&result);

	return r < 0 ? r : mp_scsi_is_good(&result) ? 0 : -EIO;
}

/*
 * spc4r36j 7.5.8: with TAS set, a command that another initiator's reset aborts is told so, instead
 * of timing out here. Once for a descriptor; an array that refuses works without.
 */
static void set_task_aborted_status(struct mp_check *check)
{
	static const uint8_t cdb[10] = { MODE_SELECT_10,
					 0x11 /* page format, saved */, [8] = MODE_SIZE };
	uint8_t current[MODE_SIZE] = { 0 }, changeable[MODE_SIZE] = { 0 };
	struct mp_scsi_result result;

	check->kept = 1;
	if (mode_sense(check, CONTROL_PAGE, current) < 0 || current[TAS_AT] & TAS)
		return;
	if (mode_sense(check, CONTROL_PAGE | CHANGEABLE_VALUES, changeable) < 0 ||
	    !(changeable[TAS_AT] & TAS))
		return;
	memset(current, 0, 8); /* the header's fields are reserved when selecting */
	current[8] &= 0x3f;
	current[TAS_AT] |= TAS;
	mp_scsi_send(check->fd, cdb, sizeof(cdb), current, sizeof(current), check->timeout_msec,
		     &result);
}

static const char *unavailable_reason(uint8_t reason)
{
	switch (reason) {
	case 2:
		return "controller does not respond";
	case 3:
		return "controller is held in reset";
	case 4:
	case 5:
		return "controller is loading firmware";
	case 6:
		return "controller is quiesced";
	case 7:
		return "controller is in service mode";
	}
	return "controller is unavailable";
}

static int rdac_check(struct mp_check *check)
{
	uint8_t page[PAGE_SIZE] = { 0 };
	int r;

	if (!check->kept)
		set_task_aborted_status(check);
	r = mp_check_read_page(check, PAGE_ACCESS, page, sizeof(page));
	if (r <= 0)
		return r;
	if ((page[0] & 0xe0) == 0x20 || page[0] & 0x7f)
		return mp_check_answer(check, MP_PATH_DOWN, "logical unit is not connected");
	if (page[8] & 0x10) {
		uint8_t state = page[10] & 0xf;

		if (state == GROUP_UNAVAILABLE)
			return mp_check_answer(check, MP_PATH_DOWN, unavailable_reason(page[11]));
		if (state == GROUP_TRANSITIONING && (page[12] & 0xf) != GROUP_TRANSITIONING)
			return mp_check_answer(check, MP_PATH_DOWN, "controller is starting up");
	}
	if (page[8] & 0x21) /* owner, or both controllers serve it */
		return mp_check_answer(check, MP_PATH_UP, "path is up");
	return mp_check_answer(check, MP_PATH_GHOST, "path is passive");
}

const struct mp_checker mp_checker_rdac = { .name = "rdac", .check = rdac_check };
