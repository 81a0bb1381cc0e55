/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kernel/scsi.h"
#include "libmpathpersist/attempts.h"
#include "libmpathpersist/mpath_persist.h"
#include "libmpathpersist/targets.h"
#include "no-map.h"

/* A path that answers @times commands with this, and then GOOD. */
static struct {
	struct mp_scsi_result result;
	unsigned times, commands, timeout_msec;
} path;

static int respond(unsigned timeout_msec, struct mp_scsi_result *ret)
{
	path.timeout_msec = timeout_msec;
	*ret = path.commands++ < path.times ? path.result : (struct mp_scsi_result){ 0 };
	return 0;
}

int mp_reserving_out(int fd, enum mp_reserving_out action, uint8_t scope_type,
		     const struct mp_reservation_parameters *parameters, unsigned timeout_msec,
		     struct mp_scsi_result *ret)
{
	(void)fd;
	(void)action;
	(void)scope_type;
	(void)parameters;
	return respond(timeout_msec, ret);
}

int mp_reserving_in(int fd, enum mp_reserving_in action, uint8_t *data, size_t size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	(void)fd;
	(void)action;
	memset(data, 0, size);
	return respond(timeout_msec, ret);
}

static void aborting_has_more_time(void **state)
{
	static const struct {
		enum mp_reserving_out action;
		unsigned timeout_msec;
	} rows[] = {
		{ MP_RESERVING_REGISTER, 2000 },
		{ MP_RESERVING_PREEMPT, 2000 },
		{ MP_RESERVING_PREEMPT_AND_ABORT, 30000 },
	};
	const struct mp_reservation_parameters parameters = { .key = 1 };
	struct target_path one = { .usable = true };
	const struct target map = { .verbosity = -1, .paths = &one, .path_count = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct attempt attempt = { .action = rows[i].action,
						 .parameters = &parameters };

		memset(&path, 0, sizeof(path));
		assert_int_equal(attempt_path(&map, &one, &attempt), MPATH_PR_SUCCESS);
		assert_int_equal(path.timeout_msec, rows[i].timeout_msec);
	}
}

#define SENSE(key, code, qualifier) \
	{ \
		.scsi_status = 2, .sense_key = (key), .asc = (code), .ascq = (qualifier) \
	}

static void a_path_is_asked_again_while_it_may_answer_otherwise(void **state)
{
	static const struct {
		struct mp_scsi_result result;
		unsigned times, commands;
		int code;
		unsigned pauses_msec;
	} rows[] = {
		{ SENSE(6, 0x2a, 3), 5, 6, MPATH_PR_SUCCESS, 0 },
		{ SENSE(6, 0x2a, 3), 9, 6, MPATH_PR_SENSE_UNIT_ATTENTION, 0 },
		/* an operation is in progress */
		{ SENSE(2, 4, 7), 5, 6, MPATH_PR_SUCCESS, 5 },
		{ SENSE(2, 4, 7), 9, 6, MPATH_PR_SENSE_NOT_READY, 5 },
		{ SENSE(2, 4, 1), 1, 1, MPATH_PR_SENSE_NOT_READY, 0 },
		{ { .scsi_status = 0x18 }, 1, 1, MPATH_PR_RESERV_CONFLICT, 0 },
	};
	const struct mp_reservation_parameters parameters = { .key = 1 };
	const struct attempt attempt = { .action = MP_RESERVING_RESERVE,
					 .scope_type = 5,
					 .parameters = &parameters };
	struct target_path one = { .usable = true };
	struct target map = { .verbosity = -1, .paths = &one, .path_count = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t begun = mp_clock_msec();
		uint8_t data[24];
		size_t size = sizeof(data);

		memset(&path, 0, sizeof(path));
		path.result = rows[i].result;
		path.times = rows[i].times;
		assert_int_equal(attempt_path(&map, &one, &attempt), rows[i].code);
		assert_int_equal(path.commands, rows[i].commands);
		assert_true(mp_clock_msec() - begun >= rows[i].pauses_msec);

		path.commands = 0;
		assert_int_equal(attempt_in(&map, MP_RESERVING_READ_RESERVATION, data, &size),
				 rows[i].code);
		assert_int_equal(path.commands, rows[i].commands);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aborting_has_more_time),
		cmocka_unit_test(a_path_is_asked_again_while_it_may_answer_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
