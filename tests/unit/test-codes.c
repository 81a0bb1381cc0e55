/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "kernel/scsi.h"
#include "libmpathpersist/codes.h"
#include "libmpathpersist/mpath_persist.h"

static void a_result_is_one_code(void **state)
{
	static const struct {
		struct mp_scsi_result result;
		int code;
	} rows[] = {
		{ { 0 }, MPATH_PR_SUCCESS },
		{ { .scsi_status = 0x18 }, MPATH_PR_RESERV_CONFLICT },
		{ { .scsi_status = 0x08 }, MPATH_PR_OTHER }, /* busy */
		{ { .host_status = MP_SCSI_HOST_NO_CONNECT }, CODE_TRANSPORT },
		{ { .host_status = MP_SCSI_HOST_TIMEOUT, .scsi_status = 0x18 }, CODE_TRANSPORT },
		{ { .scsi_status = 2 }, MPATH_PR_NO_SENSE },
		{ { .scsi_status = 2, .sense_key = 1 }, MPATH_PR_SUCCESS },
		{ { .scsi_status = 2, .sense_key = 2 }, MPATH_PR_SENSE_NOT_READY },
		{ { .scsi_status = 2, .sense_key = 2, .asc = 4, .ascq = 7 }, CODE_BUSY },
		{ { .scsi_status = 2, .sense_key = 2, .asc = 4, .ascq = 0xb },
		  MPATH_PR_SENSE_NOT_READY },
		{ { .scsi_status = 2, .sense_key = 3 }, MPATH_PR_SENSE_MEDIUM_ERROR },
		{ { .scsi_status = 2, .sense_key = 4 }, MPATH_PR_SENSE_HARDWARE_ERROR },
		{ { .scsi_status = 2, .sense_key = 5 }, MPATH_PR_ILLEGAL_REQ },
		{ { .scsi_status = 2, .sense_key = 5, .asc = 0x20 }, MPATH_PR_ILLEGAL_REQ },
		{ { .scsi_status = 2, .sense_key = 6, .asc = 0x2a, .ascq = 3 }, CODE_AGAIN },
		{ { .scsi_status = 2, .sense_key = 0xb }, MPATH_PR_SENSE_ABORTED_COMMAND },
		{ { .scsi_status = 2, .sense_key = 7 }, MPATH_PR_OTHER },
		{ { .driver_status = 8, .scsi_status = 2, .sense_key = 5 }, MPATH_PR_ILLEGAL_REQ },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(code_of_result(&rows[i].result), rows[i].code);
}

static void internal_codes_do_not_leave(void **state)
{
	(void)state;
	for (int code = 0; code <= MPATH_PR_OTHER; code++)
		assert_int_equal(code_final(code), code);
	assert_int_equal(code_final(CODE_TRANSPORT), MPATH_PR_OTHER);
	assert_int_equal(code_final(CODE_AGAIN), MPATH_PR_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_result_is_one_code),
		cmocka_unit_test(internal_codes_do_not_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
