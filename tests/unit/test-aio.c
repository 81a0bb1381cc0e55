/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/aio.h"

static int file_of(size_t size)
{
	char name[] = "/tmp/test-aio.XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);

	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(ftruncate(fd, size), 0);
	return fd;
}

static void a_whole_block_is_success(void **state)
{
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;
	_cleanup_close_ int fd = file_of(4096);
	struct mp_aio_done done[2];
	int cookie;

	(void)state;
	assert_int_equal(mp_aio_new(-1, 4, &aio), 0);
	assert_int_equal(mp_aio_read(aio, fd, 512, &cookie), 0);
	assert_int_equal(mp_aio_wait(aio, 5000, done, 2), 1);
	assert_ptr_equal(done[0].cookie, &cookie);
	assert_int_equal(done[0].error, 0);
	assert_int_equal(mp_aio_reap(aio, done, 2), 0);
	assert_int_equal(mp_aio_wait(aio, 1, done, 2), 0);
}

static void less_than_a_block_is_an_error(void **state)
{
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;
	_cleanup_close_ int fd = file_of(100);
	struct mp_aio_done done;

	(void)state;
	assert_int_equal(mp_aio_new(-1, 4, &aio), 0);
	assert_int_equal(mp_aio_read(aio, fd, 512, NULL), 0);
	assert_int_equal(mp_aio_wait(aio, 5000, &done, 1), 1);
	assert_int_equal(done.error, -EIO);
}

static void a_read_that_cannot_start_is_reported_at_once(void **state)
{
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;

	(void)state;
	assert_int_equal(mp_aio_new(-1, 4, &aio), 0);
	assert_int_equal(mp_aio_read(aio, -1, 512, NULL), -EBADF);
	assert_int_equal(mp_aio_read(aio, 0, 0, NULL), -EINVAL);
	assert_int_equal(mp_aio_read(aio, 0, 8192, NULL), -EINVAL);
}

static void the_event_descriptor_signals_answers(void **state)
{
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;
	_cleanup_close_ int fd = file_of(4096), event_fd = eventfd(0, EFD_CLOEXEC);
	struct mp_aio_done done[4];
	uint64_t count;

	(void)state;
	assert_int_equal(mp_aio_new(event_fd, 4, &aio), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(mp_aio_read(aio, fd, 4096, NULL), 0);
	for (uint64_t seen = 0; seen < 3; seen += count)
		assert_int_equal(read(event_fd, &count, sizeof(count)), sizeof(count));
	assert_int_equal(mp_aio_reap(aio, done, 2), 2);
	assert_int_equal(mp_aio_reap(aio, done, 2), 1);
}

static void answers_that_were_not_reaped_are_freed(void **state)
{
	struct mp_aio *aio;
	_cleanup_close_ int fd = file_of(4096);

	(void)state;
	assert_int_equal(mp_aio_new(-1, 4, &aio), 0);
	assert_int_equal(mp_aio_read(aio, fd, 4096, NULL), 0);
	assert_null(mp_aio_free(aio));
	assert_null(mp_aio_free(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_block_is_success),
		cmocka_unit_test(less_than_a_block_is_an_error),
		cmocka_unit_test(a_read_that_cannot_start_is_reported_at_once),
		cmocka_unit_test(the_event_descriptor_signals_answers),
		cmocka_unit_test(answers_that_were_not_reaped_are_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
