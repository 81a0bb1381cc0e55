/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pool-recorded.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "multipathd/loop/accounts.h"
#include "multipathd/loop/closings.h"

enum { LANE = 5, MANY = 256 };

static struct world {
	struct accounts accounts;
	struct closings *closings;
	unsigned changes; /* calls of on_room() */
	int ends[2]; /* a connection: the server's end, and the client's */
	struct account *account;
} world;

static void on_room(void *userdata)
{
	struct world *its = userdata;

	its->changes++;
}

static void connect_user(void)
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
				    world.ends),
			 0);
	assert_int_equal(account_open(&world.accounts, 1000, &world.account), 0);
}

/* The client attaches a descriptor, which the server does not receive. */
static void attach(void)
{
	char byte = 'x', room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = room,
				  .msg_controllen = sizeof(room) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &world.ends[1], sizeof(int));
	assert_int_equal(sendmsg(world.ends[1], &message, 0), 1);
}

static bool is_closed(int fd)
{
	return fcntl(fd, F_GETFD) < 0 && errno == EBADF;
}

static int setup(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	submitted.count = 0;
	accounts_init(&world.accounts, 1024);
	return closings_new(on_room, &world, &world.closings);
}

static int teardown(void **state)
{
	(void)state;
	world.closings = closings_free(world.closings);
	return 0;
}

static void a_connection_without_descriptors_is_closed_at_once(void **state)
{
	(void)state;
	closings_set_pool(world.closings, (struct pool *)&world, LANE);
	assert_true(closings_has_pool(world.closings));
	connect_user();
	assert_int_equal(write(world.ends[1], "text", 4), 4);
	closings_close(world.closings, world.ends[0], world.account, false);
	assert_int_equal(submitted.count, 0);
	assert_true(is_closed(world.ends[0]));
	assert_int_equal(world.accounts.users.connections, 0);
	close(world.ends[1]);
}

static void one_with_descriptors_is_closed_by_a_worker_and_counts_until_then(void **state)
{
	(void)state;
	closings_set_pool(world.closings, (struct pool *)&world, LANE);
	connect_user();
	attach();
	closings_close(world.closings, world.ends[0], world.account, false);
	assert_int_equal(submitted.count, 1);
	assert_int_equal(submitted.works[0]->lane, LANE);
	assert_false(is_closed(world.ends[0]));
	assert_int_equal(world.accounts.users.connections, 1);
	submitted_run();
	assert_true(is_closed(world.ends[0]));
	assert_int_equal(world.accounts.users.connections, 0);
	close(world.ends[1]);
}

static void a_connection_of_root_or_without_a_pool_is_closed_at_once(void **state)
{
	(void)state;
	for (int is_root = 0; is_root < 2; is_root++) {
		closings_set_pool(world.closings, is_root ? (struct pool *)&world : NULL, LANE);
		connect_user();
		attach();
		closings_close(world.closings, world.ends[0], world.account, is_root);
		assert_int_equal(submitted.count, 0);
		assert_true(is_closed(world.ends[0]));
		assert_int_equal(world.accounts.users.connections, 0);
		close(world.ends[1]);
	}
}

static void at_the_end_of_the_process_slow_closings_are_left_to_the_kernel(void **state)
{
	(void)state;
	closings_set_pool(world.closings, (struct pool *)&world, LANE);
	closings_end(world.closings);
	connect_user();
	attach();
	closings_close(world.closings, world.ends[0], world.account, false);
	assert_int_equal(submitted.count, 0);
	assert_false(is_closed(world.ends[0]));
	account_close(world.account);
	close(world.ends[0]);
	close(world.ends[1]);
}

static void no_connection_is_accepted_while_many_are_being_closed(void **state)
{
	static int clients[MANY];

	(void)state;
	closings_set_pool(world.closings, (struct pool *)&world, LANE);
	for (size_t i = 0; i < MANY; i++) {
		assert_false(closings_are_many(world.closings));
		assert_int_equal(world.changes, 0);
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, world.ends), 0);
		attach();
		closings_close(world.closings, world.ends[0], NULL, false);
		clients[i] = world.ends[1];
	}
	assert_true(closings_are_many(world.closings));
	assert_int_equal(world.changes, 1);
	submitted_run();
	assert_false(closings_are_many(world.closings));
	assert_int_equal(world.changes, 2);
	while (submitted.count)
		submitted_run();
	assert_int_equal(world.changes, 2);
	for (size_t i = 0; i < MANY; i++)
		close(clients[i]);
}

static void work_that_ends_after_the_closings_touches_neither_them_nor_the_account(void **state)
{
	(void)state;
	closings_set_pool(world.closings, (struct pool *)&world, LANE);
	connect_user();
	attach();
	closings_close(world.closings, world.ends[0], world.account, false);
	world.closings = closings_free(world.closings);
	assert_int_equal(world.accounts.users.connections, 0);
	submitted_run();
	assert_true(is_closed(world.ends[0]));
	assert_int_equal(world.changes, 0);
	close(world.ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_connection_without_descriptors_is_closed_at_once,
						setup, teardown),
		cmocka_unit_test_setup_teardown(
			one_with_descriptors_is_closed_by_a_worker_and_counts_until_then, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			a_connection_of_root_or_without_a_pool_is_closed_at_once, setup, teardown),
		cmocka_unit_test_setup_teardown(
			at_the_end_of_the_process_slow_closings_are_left_to_the_kernel, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			no_connection_is_accepted_while_many_are_being_closed, setup, teardown),
		cmocka_unit_test_setup_teardown(
			work_that_ends_after_the_closings_touches_neither_them_nor_the_account,
			setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
