/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool-recorded.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "multipathd/jobs/descriptors.h"
#include "multipathd/state/daemon.h"

enum { LANE = 9 };

static struct daemon its;

static int new_fd(void)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static bool is_closed(int fd)
{
	return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

static int setup(void **state)
{
	(void)state;
	submitted.count = 0;
	its.pool = (struct pool *)&submitted;
	return descriptors_new(&its.descriptors);
}

static int teardown(void **state)
{
	(void)state;
	its.descriptors = descriptors_free(its.descriptors);
	return 0;
}

static void a_descriptor_is_closed_by_a_worker(void **state)
{
	int fd = new_fd();

	(void)state;
	descriptors_close(&its, fd, LANE);
	assert_int_equal(submitted.works[0]->lane, LANE);
	assert_false(is_closed(fd));
	submitted_run();
	assert_true(is_closed(fd));
}

static void a_descriptor_is_closed_even_if_no_worker_does_it(void **state)
{
	int fd = new_fd();

	(void)state;
	descriptors_close(&its, fd, LANE);
	submitted_skip();
	assert_true(is_closed(fd));

	its.pool = NULL;
	fd = new_fd();
	descriptors_close(&its, fd, LANE);
	assert_int_equal(submitted.count, 0);
	assert_true(is_closed(fd));
}

static void none_is_closed_while_an_operation_may_lock_them(void **state)
{
	int fds[] = { new_fd(), new_fd() };

	(void)state;
	descriptors_begin_locking(&its);
	descriptors_begin_locking(&its);
	descriptors_close(&its, fds[0], LANE);
	descriptors_close(&its, fds[1], LANE);
	descriptors_end_locking(&its);
	assert_int_equal(submitted.count, 0);
	descriptors_end_locking(&its);
	assert_int_equal(submitted.count, 2);
	submitted_run();
	submitted_run();
	assert_true(is_closed(fds[0]) && is_closed(fds[1]));
}

static void a_descriptor_that_waits_at_the_end_is_closed(void **state)
{
	int fd = new_fd();

	descriptors_begin_locking(&its);
	descriptors_close(&its, fd, LANE);
	teardown(state);
	assert_int_equal(submitted.count, 0);
	assert_true(is_closed(fd));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_descriptor_is_closed_by_a_worker, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_descriptor_is_closed_even_if_no_worker_does_it,
						setup, teardown),
		cmocka_unit_test_setup_teardown(none_is_closed_while_an_operation_may_lock_them,
						setup, teardown),
		cmocka_unit_test_setup_teardown(a_descriptor_that_waits_at_the_end_is_closed, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
