/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"

static int attempts, released_after; /* so many attempts */

static const struct mp_lock lock = { .fd = 5 };

static int attempt(const struct mp_lock *asked)
{
	assert_ptr_equal(asked, &lock);
	return attempts++ < released_after ? -EAGAIN : 0;
}

static int attempt_failing(const struct mp_lock *asked)
{
	(void)asked;
	attempts++;
	return -EBADF;
}

static void a_lock_is_waited_for(void **state)
{
	(void)state;
	attempts = 0;
	released_after = 4;
	assert_int_equal(mp_lock_wait(attempt, &lock, 10000), 0);
	assert_int_equal(attempts, 5);
}

static void a_lock_is_not_waited_for_longer_than_the_limit(void **state)
{
	uint64_t begun = mp_clock_msec();

	(void)state;
	attempts = 0;
	released_after = 1000000;
	assert_int_equal(mp_lock_wait(attempt, &lock, 30), -ETIMEDOUT);
	assert_true(mp_clock_msec() - begun >= 30);
	attempts = 0;
	assert_int_equal(mp_lock_wait(attempt, &lock, 0), -ETIMEDOUT);
	assert_int_equal(attempts, 1);
}

static void another_error_ends_it(void **state)
{
	(void)state;
	attempts = 0;
	assert_int_equal(mp_lock_wait(attempt_failing, &lock, 10000), -EBADF);
	assert_int_equal(attempts, 1);
}

static void a_byte_has_one_owner_until_that_closes_the_file(void **state)
{
	char path[] = "/tmp/test-lock.XXXXXX";
	struct mp_lock one = { .fd = mkstemp(path), .start = 1 << 20, .length = 1 };
	struct mp_lock other = { .fd = open(path, O_RDWR), .start = 1 << 20, .length = 1 };

	(void)state;
	assert_true(one.fd >= 0 && other.fd >= 0);
	unlink(path);
	assert_int_equal(mp_lock_take(&one, 0), 0);
	assert_int_equal(mp_lock_take(&other, 0), -ETIMEDOUT);
	other.start++;
	assert_int_equal(mp_lock_take(&other, 0), 0);
	close(one.fd);
	other.start--;
	assert_int_equal(mp_lock_take(&other, 0), 0);
	close(other.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_is_waited_for),
		cmocka_unit_test(a_lock_is_not_waited_for_longer_than_the_limit),
		cmocka_unit_test(another_error_ends_it),
		cmocka_unit_test(a_byte_has_one_owner_until_that_closes_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
