/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/lock.h"

enum { HELD_MSEC = 20 };

/* A byte of @file, opened once more */
static struct mp_lock byte_of(int file, off_t start)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	return (struct mp_lock){ .fd = fd, .start = start, .length = 1 };
}

/* A process that takes it, says so, and releases it a moment later, when this one waits. */
static pid_t hold(const struct mp_lock *lock, int ready)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	if (mp_lock_take(lock, 0) < 0 || write(ready, "", 1) != 1)
		_exit(1);
	poll(NULL, 0, HELD_MSEC);
	mp_lock_release(lock->fd);
	_exit(0);
}

static void a_lock_is_waited_for(void **state)
{
	const int file = memfd_create("bytes", 0);
	const struct mp_lock theirs = byte_of(file, 0), ours = byte_of(file, 0);
	int ready[2], status;
	char byte;
	pid_t pid;

	(void)state;
	close(file);
	assert_int_equal(pipe(ready), 0);
	pid = hold(&theirs, ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(mp_lock_take(&ours, 60000), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(ready[0]);
	close(ready[1]);
	close(theirs.fd);
	close(ours.fd);
}

static void a_lock_is_not_waited_for_longer_than_the_limit(void **state)
{
	const int file = memfd_create("bytes", 0);
	const struct mp_lock theirs = byte_of(file, 0), ours = byte_of(file, 0);
	uint64_t begun = mp_clock_msec();

	(void)state;
	close(file);
	assert_int_equal(mp_lock_take(&theirs, 0), 0);
	assert_int_equal(mp_lock_take(&ours, 0), -ETIMEDOUT);
	assert_int_equal(mp_lock_take(&ours, 30), -ETIMEDOUT);
	assert_true(mp_clock_msec() - begun >= 30);
	close(theirs.fd);
	close(ours.fd);
}

static void another_error_ends_it(void **state)
{
	(void)state;
	assert_int_equal(mp_lock_take(&(struct mp_lock){ .fd = -1 }, 10000), -EBADF);
}

static void a_byte_has_one_owner_until_that_releases_it_or_closes_the_file(void **state)
{
	const int file = memfd_create("bytes", 0);
	const struct mp_lock one = byte_of(file, 1 << 20), other = byte_of(file, 1 << 20),
			     next = byte_of(file, (1 << 20) + 1);
	int copy = dup(one.fd);

	(void)state;
	close(file);
	assert_int_equal(mp_lock_take(&one, 0), 0);
	assert_int_equal(mp_lock_take(&other, 0), -ETIMEDOUT);
	assert_int_equal(mp_lock_take(&next, 0), 0);
	mp_lock_release(one.fd); /* though there is a copy */
	assert_int_equal(mp_lock_take(&other, 0), 0);
	close(other.fd);
	assert_int_equal(mp_lock_take(&one, 0), 0);
	close(one.fd);
	close(copy);
	close(next.fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_lock_is_waited_for),
		cmocka_unit_test(a_lock_is_not_waited_for_longer_than_the_limit),
		cmocka_unit_test(another_error_ends_it),
		cmocka_unit_test(a_byte_has_one_owner_until_that_releases_it_or_closes_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
