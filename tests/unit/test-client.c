/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/fake-daemon.h"

#include <fcntl.h>

#include "client/client.h"

static void short_and_long_replies_arrive_whole(void **state)
{
	static char large[CLIENT_REPLY_INLINE + 10000];
	const struct fake_reply replies[] = { { "large", large },
					      { "none", "" },
					      { NULL, "ok\n" } };
	static struct client_reply reply;
	struct fake_daemon daemon;
	int fd;

	memset(large, 'x', sizeof(large) - 1);
	fake_start(&daemon, replies);
	fd = client_connect();
	assert_true(fd >= 0);
	assert_int_equal(client_ask(fd, "small", &reply), 0);
	assert_string_equal(reply.text, "ok\n");
	client_reply_fini(&reply);
	assert_int_equal(client_ask(fd, "large", &reply), 0);
	assert_int_equal(reply.length, sizeof(large) - 1);
	assert_string_equal(reply.text, large);
	client_reply_fini(&reply);
	assert_int_equal(client_ask(fd, "none", &reply), 0);
	assert_int_equal(reply.length, 0);
	client_reply_fini(&reply);
	close(fd);
	fake_stop(&daemon);
	(void)state;
}

static void a_connection_closed_by_the_daemon_is_an_input_error(void **state)
{
	static const struct fake_reply replies[] = { { NULL, NULL } };
	static struct client_reply reply;
	struct fake_daemon daemon;
	int fd;

	fake_start(&daemon, replies);
	fd = client_connect();
	assert_int_equal(client_ask(fd, "shutdown", &reply), -EIO);
	close(fd);
	fake_stop(&daemon);
	(void)state;
}

static void the_first_line_of_a_reply_says_whether_it_failed(void **state)
{
	assert_true(client_is_failure("fail\n"));
	assert_true(client_is_failure("fail\ntimeout\n"));
	assert_true(client_is_failure("fail"));
	assert_false(client_is_failure("failover\n"));
	assert_false(client_is_failure("ok\n"));
	assert_false(client_is_failure(""));
	(void)state;
}

static void *read_slowly(void *arg)
{
	static char buffer[1000];
	size_t *total = arg;
	ssize_t got;
	int fd = *total;

	for (*total = 0; (got = read(fd, buffer, sizeof(buffer))) > 0;)
		*total += got;
	return NULL;
}

static void a_full_pipe_is_waited_for(void **state)
{
	static char text[400000];
	size_t total;
	pthread_t thread;
	int fds[2];

	memset(text, 'x', sizeof(text));
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, 0), 0);
	total = fds[0];
	assert_int_equal(pthread_create(&thread, NULL, read_slowly, &total), 0);
	assert_int_equal(client_write(fds[1], text, sizeof(text)), 0);
	close(fds[1]);
	pthread_join(thread, NULL);
	close(fds[0]);
	assert_int_equal(total, sizeof(text));
	(void)state;
}

static void a_terminal_gets_no_control_characters_and_a_pipe_gets_all(void **state)
{
	static const char reply[] = "\033[1mmpatha\033[0m \033[2Jx\n";
	char text[64], got[64] = "";
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), side, pipe_fds[2];

	assert_int_equal(grantpt(terminal) | unlockpt(terminal), 0);
	side = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	assert_true(side >= 0);
	strcpy(text, reply);
	assert_int_equal(client_print(side, text, strlen(text)), 0);
	assert_true(read(terminal, got, sizeof(got) - 1) > 0);
	assert_string_equal(got, "\033[1mmpatha\033[0m ?[2Jx\r\n");
	close(side);
	close(terminal);

	assert_int_equal(pipe(pipe_fds), 0);
	strcpy(text, reply);
	assert_int_equal(client_print(pipe_fds[1], text, strlen(text)), 0);
	memset(got, 0, sizeof(got));
	assert_true(read(pipe_fds[0], got, sizeof(got) - 1) > 0);
	assert_string_equal(got, reply);
	close(pipe_fds[0]);
	close(pipe_fds[1]);
	(void)state;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_and_long_replies_arrive_whole),
		cmocka_unit_test(a_connection_closed_by_the_daemon_is_an_input_error),
		cmocka_unit_test(the_first_line_of_a_reply_says_whether_it_failed),
		cmocka_unit_test(a_full_pipe_is_waited_for),
		cmocka_unit_test(a_terminal_gets_no_control_characters_and_a_pipe_gets_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
