/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sys/ioctl.h>

#include "kernel/dm_ioctl.h"

static int errors[4];
static int calls;

/* In place of libc's: fails with errors[], 0 ends them. */
int ioctl(int fd, unsigned long request, ...)
{
	(void)fd;
	(void)request;
	errno = errors[calls++];
	return errno ? -1 : 0;
}

static void a_suspension_that_a_signal_interrupts_is_begun_again(void **state)
{
	static const struct {
		int errors[4], calls, result;
	} rows[] = {
		{ { 0 }, 1, 0 },
		{ { EINTR, 0 }, 2, 0 },
		{ { EINTR, EINTR, 0 }, 3, 0 },
		{ { EINTR, ENXIO }, 2, -ENODEV },
		{ { EINVAL }, 1, -EINVAL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		for (size_t e = 0; e < 4; e++)
			errors[e] = rows[i].errors[e];
		calls = 0;
		assert_int_equal(mp_dm_ioctl_suspend(0, 0), rows[i].result);
		assert_int_equal(calls, rows[i].calls);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_suspension_that_a_signal_interrupts_is_begun_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
