/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/reserving.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "kernel/scsi.h"

/* The results of the target's commands: this one @times times, then GOOD. */
static struct {
	struct mp_scsi_result result;
	unsigned times, commands;
	uint8_t action;
} target;

int mp_scsi_send(int fd, const uint8_t *cdb, size_t cdb_size, const void *data, size_t data_size,
		 unsigned timeout_msec, struct mp_scsi_result *ret)
{
	(void)fd;
	(void)cdb_size;
	(void)data;
	(void)data_size;
	(void)timeout_msec;
	target.action = cdb[1];
	*ret = target.commands++ < target.times ? target.result : (struct mp_scsi_result){ 0 };
	return 0;
}

int mp_scsi_command(int fd, const uint8_t *cdb, size_t cdb_size, void *data, size_t data_size,
		    unsigned timeout_msec, struct mp_scsi_result *ret)
{
	return mp_scsi_send(fd, cdb, cdb_size, data, data_size, timeout_msec, ret);
}

#define ATTENTION(code, qualifier) \
	{ \
		.scsi_status = 2, .sense_key = 6, .asc = (code), .ascq = (qualifier) \
	}

static void a_registration_is_not_repeated_after_another_host_may_have_removed_it(void **state)
{
	static const struct {
		struct mp_scsi_result result;
		uint64_t key;
		unsigned times;
		int r;
		unsigned commands;
	} rows[] = {
		{ ATTENTION(0x2a, 5), 1, 1, -ESTALE, 1 }, /* registrations preempted */
		{ ATTENTION(0x2a, 3), 1, 1, -ESTALE, 1 }, /* reservations preempted: CLEAR */
		{ ATTENTION(0x2a, 4), 1, 1, -ESTALE, 1 }, /* reservations released */
		{ ATTENTION(0x2a, 5), 0, 1, 0, 2 }, /* to unregister it is harmless */
		{ ATTENTION(0x2a, 6), 1, 2, 0, 3 },
		{ ATTENTION(0x29, 5), 1, 1, 0, 2 },
		{ ATTENTION(0x29, 0), 1, 9, -EIO, 5 },
		{ { .scsi_status = 0x18 }, 1, 1, -EBUSY, 1 },
		{ { .scsi_status = 2, .sense_key = 5, .asc = 0x2a, .ascq = 5 }, 1, 1, -EIO, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct mp_reservation_parameters parameters = { .service_action_key =
									      rows[i].key };

		target.result = rows[i].result;
		target.times = rows[i].times;
		target.commands = 0;
		assert_int_equal(mp_reserving_register(5, MP_RESERVING_REGISTER, &parameters, 3000),
				 rows[i].r);
		assert_int_equal(target.commands, rows[i].commands);
		assert_int_equal(target.action, MP_RESERVING_REGISTER);
	}
}

static void only_a_target_that_does_not_know_the_command_has_no_reservations(void **state)
{
	static const struct {
		uint8_t asc, ascq;
		int r;
	} rows[] = {
		{ 0x20, 0x00, -EOPNOTSUPP },
		{ 0x24, 0x00, -EIO },
		/* a passive controller */
		{ 0x25, 0x00, -EIO },
		{ 0x94, 0x01, -EIO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct mp_reservation_holder holder;

		target.result = (struct mp_scsi_result){
			.scsi_status = 2, .sense_key = 5, .asc = rows[i].asc, .ascq = rows[i].ascq
		};
		target.times = 1;
		target.commands = 0;
		assert_int_equal(mp_reserving_read_holder(5, 3000, &holder), rows[i].r);
		assert_int_equal(target.commands, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_registration_is_not_repeated_after_another_host_may_have_removed_it),
		cmocka_unit_test(only_a_target_that_does_not_know_the_command_has_no_reservations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
