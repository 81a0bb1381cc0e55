/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "tests/unit/fake-daemon.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/time.h>

#include "libmpathcmd/mpath_cmd.h"

struct pair {
	int ours, theirs;
};

static int pair_open(void **state)
{
	static struct pair pair;
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -1;
	pair.ours = fds[0];
	pair.theirs = fds[1];
	*state = &pair;
	return 0;
}

static int pair_close(void **state)
{
	struct pair *pair = *state;

	close(pair->ours);
	close(pair->theirs);
	return 0;
}

static void put(int fd, size_t length, const char *text, size_t size)
{
	assert_int_equal(write(fd, &length, sizeof(length)), sizeof(length));
	assert_int_equal(write(fd, text, size), size);
}

static void a_command_is_its_length_and_its_text_with_the_nul(void **state)
{
	struct pair *pair = *state;
	char buffer[64];

	assert_int_equal(mpath_send_cmd(pair->ours, "show daemon"), 0);
	assert_int_equal(read(pair->theirs, buffer, sizeof(buffer)), sizeof(size_t) + 12);
	assert_int_equal(*(size_t *)buffer, 12);
	assert_string_equal(buffer + sizeof(size_t), "show daemon");
}

static void no_command_is_a_length_of_zero(void **state)
{
	struct pair *pair = *state;
	size_t length = 1;

	assert_int_equal(mpath_send_cmd(pair->ours, NULL), 0);
	assert_int_equal(read(pair->theirs, &length, sizeof(length)), sizeof(length));
	assert_int_equal(length, 0);
}

static void a_daemon_that_is_gone_raises_no_signal(void **state)
{
	struct pair *pair = *state;

	close(pair->theirs);
	assert_int_equal(mpath_send_cmd(pair->ours, "show daemon"), -1);
	assert_int_equal(errno, EPIPE);
	pair->theirs = -1;
}

static void a_reply_is_handed_over_with_its_nul(void **state)
{
	struct pair *pair = *state;
	char *reply;

	put(pair->theirs, 4, "ok\nX", 4);
	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 100), 0);
	assert_string_equal(reply, "ok\n");
	free(reply);
}

static void replies_follow_each_other(void **state)
{
	struct pair *pair = *state;
	char *reply;

	put(pair->theirs, 4, "ok\n", 4);
	put(pair->theirs, 6, "fail\n", 6);
	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 100), 0);
	assert_string_equal(reply, "ok\n");
	free(reply);
	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 100), 0);
	assert_string_equal(reply, "fail\n");
	free(reply);
}

static void nonsense_lengths_are_a_range_error(void **state)
{
	static const size_t lengths[] = { 0, MAX_REPLY_LEN, SIZE_MAX };
	struct pair *pair = *state;
	char *reply = (char *)"";
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		put(pair->theirs, lengths[i], "", 0);
		assert_int_equal(mpath_recv_reply(pair->ours, &reply, 100), -1);
		assert_int_equal(errno, ERANGE);
		assert_null(reply);
	}
	put(pair->theirs, MAX_REPLY_LEN - 1, "", 0);
	assert_int_equal(mpath_recv_reply_len(pair->ours, 100), MAX_REPLY_LEN - 1);
}

static void silence_is_a_timeout(void **state)
{
	struct pair *pair = *state;
	char *reply;

	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 0), -1);
	assert_int_equal(errno, ETIMEDOUT);
	put(pair->theirs, 100, "some", 4);
	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 20), -1);
	assert_int_equal(errno, ETIMEDOUT);
	assert_null(reply);
}

static void an_early_end_is_an_input_error(void **state)
{
	struct pair *pair = *state;
	char *reply;

	put(pair->theirs, 100, "some", 4);
	shutdown(pair->theirs, SHUT_WR);
	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 1000), -1);
	assert_int_equal(errno, EIO);
	assert_int_equal(mpath_recv_reply_len(pair->ours, 1000), -1);
	assert_int_equal(errno, EIO);
}

static void *write_in_pieces(void *arg)
{
	const struct pair *pair = arg;
	size_t length = 300000, i;
	char piece[1000];

	for (i = 0; i < sizeof(length); i++)
		assert_int_equal(write(pair->theirs, (char *)&length + i, 1), 1);
	memset(piece, 'x', sizeof(piece));
	for (i = 0; i < length; i += sizeof(piece))
		assert_int_equal(write(pair->theirs, piece, sizeof(piece)), sizeof(piece));
	return NULL;
}

static void a_reply_may_come_in_pieces(void **state)
{
	struct pair *pair = *state;
	pthread_t thread;
	char *reply;

	assert_int_equal(pthread_create(&thread, NULL, write_in_pieces, pair), 0);
	assert_int_equal(mpath_recv_reply(pair->ours, &reply, 5000), 0);
	pthread_join(thread, NULL);
	assert_int_equal(strlen(reply), 299999);
	free(reply);
}

static void on_alarm(int number)
{
	(void)number;
}

static void signals_neither_end_nor_lengthen_the_wait(void **state)
{
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { 0 };
	struct sigaction action = { .sa_handler = on_alarm };
	struct timespec before, after;
	struct pair *pair = *state;

	sigaction(SIGALRM, &action, NULL);
	clock_gettime(CLOCK_MONOTONIC, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	assert_int_equal(mpath_recv_reply_len(pair->ours, 60), -1);
	assert_int_equal(errno, ETIMEDOUT);
	setitimer(ITIMER_REAL, &never, NULL);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range((after.tv_sec - before.tv_sec) * 1000 +
				(after.tv_nsec - before.tv_nsec) / 1000000,
			55, 2000);
}

static void the_daemon_is_asked_over_a_socket(void **state)
{
	static const struct fake_reply replies[] = { { "show daemon", "pid 1 idle\n" },
						     { NULL, "ok\n" } };
	struct fake_daemon daemon;
	char *reply;
	int fd;

	fake_start(&daemon, replies);
	fd = mpath_connect();
	assert_true(fd >= 0);
	assert_int_equal(mpath_process_cmd(fd, "show daemon", &reply, 1000), 0);
	assert_string_equal(reply, "pid 1 idle\n");
	free(reply);
	assert_int_equal(mpath_process_cmd(fd, "quit", &reply, 1000), 0);
	assert_string_equal(reply, "ok\n");
	free(reply);
	assert_int_equal(mpath_disconnect(fd), 0);
	fake_stop(&daemon);
	(void)state;
}

static void a_connection_blocks_however_it_was_opened(void **state)
{
	static const struct fake_reply replies[] = { { NULL, "ok\n" } };
	struct fake_daemon daemon;
	int (*const connects[])(int) = { mpath_connect__, __mpath_connect };
	size_t i;

	fake_start(&daemon, replies);
	for (i = 0; i < 2; i++) {
		int fd = connects[i](1);

		assert_true(fd >= 0);
		assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK);
		mpath_disconnect(fd);
	}
	fake_stop(&daemon);
	(void)state;
}

static void no_daemon_is_an_error(void **state)
{
	setenv("MULTIPATH_SOCKET_NAME", "@test-mpath_cmd-nobody", 1);
	assert_int_equal(mpath_connect(), -1);
	assert_int_equal(errno, ECONNREFUSED);
	unsetenv("MULTIPATH_SOCKET_NAME");
	(void)state;
}

#define with_pair(test) cmocka_unit_test_setup_teardown(test, pair_open, pair_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_pair(a_command_is_its_length_and_its_text_with_the_nul),
		with_pair(no_command_is_a_length_of_zero),
		with_pair(a_daemon_that_is_gone_raises_no_signal),
		with_pair(a_reply_is_handed_over_with_its_nul),
		with_pair(replies_follow_each_other),
		with_pair(nonsense_lengths_are_a_range_error),
		with_pair(silence_is_a_timeout),
		with_pair(an_early_end_is_an_input_error),
		with_pair(a_reply_may_come_in_pieces),
		with_pair(signals_neither_end_nor_lengthen_the_wait),
		cmocka_unit_test(the_daemon_is_asked_over_a_socket),
		cmocka_unit_test(a_connection_blocks_however_it_was_opened),
		cmocka_unit_test(no_daemon_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
