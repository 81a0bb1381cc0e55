/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>

#include "base/clock.h"
#include "base/lock.h"

static int attempts, released_after; /* so many attempts */

static int attempt(int fd)
{
	assert_int_equal(fd, 5);
	return attempts++ < released_after ? -EAGAIN : 0;
}

static int attempt_failing(int fd)
{
	(void)fd;
	attempts++;
	return -EBADF;
}

static void a_lock_is_waited_for(void **state)
{
	(void)state;
	attempts = 0;
	released_after = 4;
	assert_int_equal(mp_lock_wait(attempt, 5, 10000), 0);
	assert_int_equal(attempts, 5);
}

static void a_lock_is_not_waited_for_longer_than_the_limit(void **state)
{
	uint64_t begun = mp_clock_msec();

	(void)state;
	attempts = 0;
	released_after = 1000000;
	assert_int_equal(mp_lock_wait(attempt, 5, 30), -ETIMEDOUT);
	assert_true(mp_clock_msec() - begun >= 30);
	attempts = 0;
	assert_int_equal(mp_lock_wait(attempt, 5, 0), -ETIMEDOUT);
	assert_int_equal(attempts, 1);
}

static void another_error_ends_it(void **state)
{
	(void)state;
	attempts = 0;
	assert_int_equal(mp_lock_wait(attempt_failing, 5, 10000), -EBADF);
	assert_int_equal(attempts, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_is_waited_for),
		cmocka_unit_test(a_lock_is_not_waited_for_longer_than_the_limit),
		cmocka_unit_test(another_error_ends_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
