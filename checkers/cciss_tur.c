/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cciss_tur: TEST UNIT READY through the cciss driver, whose disks are no SCSI disks to the kernel.
 */
#include <errno.h>
#include <linux/cciss_ioctl.h>
#include <sys/ioctl.h>

#include "checkers/checkers.h"

enum { VOLUME_MASK = 0x3fffffff, CDB_SIZE = 6 };

static int cciss_tur_check(struct mp_check *check)
{
	LogvolInfo_struct volume;
	IOCTL_Command_struct command = { .Request = { .CDBLen = CDB_SIZE } };

	if (ioctl(check->fd, CCISS_GETLUNINFO, &volume) < 0)
		return mp_check_answer(check, MP_PATH_DOWN, "path is down");
	command.LUN_info.LogDev.VolId = volume.LunID & VOLUME_MASK;
	command.LUN_info.LogDev.Mode = 1;
	command.Request.Type.Type = TYPE_CMD;
	command.Request.Type.Attribute = ATTR_SIMPLE;
	command.Request.Type.Direction = XFER_NONE;
	if (ioctl(check->fd, CCISS_PASSTHRU, &command) < 0 || command.error_info.CommandStatus ||
	    command.error_info.ScsiStatus)
		return mp_check_answer(check, MP_PATH_DOWN, "path is down");
	return mp_check_answer(check, MP_PATH_UP, "path is up");
}

const struct mp_checker mp_checker_cciss_tur = { .name = "cciss_tur", .check = cciss_tur_check };
