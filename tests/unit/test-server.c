/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "multipathd/loop/accounts.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/server.h"

enum {
	BIG = 4 * 1024 * 1024,
	TIMEOUT_MSEC = 100,
	LATE_MSEC = 500 /* tolerance for a busy machine */
};

struct fixture {
	sd_event *event;
	struct server *server;
	char name[64];
	unsigned requests;
	uint64_t late_id; /* of the last "late" */
	bool last_is_root;
	char last[5000];
	char *big;
};

static uint64_t now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* "late" waits, "big" gets many bytes, any other text is echoed. */
static void on_request(void *userdata, const struct request *request)
{
	struct fixture *fixture = userdata;

	fixture->requests++;
	fixture->last_is_root = request->is_root;
	snprintf(fixture->last, sizeof(fixture->last), "%s", request->text);
	if (strcmp(request->text, "late") == 0)
		fixture->late_id = request->id;
	else if (strcmp(request->text, "big") == 0)
		server_reply(fixture->server, request->id, fixture->big, BIG);
	else
		server_reply(fixture->server, request->id, request->text, strlen(request->text));
}

static void turn(struct fixture *fixture, unsigned msec)
{
	uint64_t end = now_msec() + msec, now;

	while ((now = now_msec()) < end)
		assert_true(sd_event_run(fixture->event, (end - now) * 1000) >= 0);
}

static void settle(struct fixture *fixture)
{
	while (sd_event_run(fixture->event, 0) > 0)
		;
}

static int client_connect(struct fixture *fixture)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	strcpy(address.sun_path, fixture->name);
	if (fixture->name[0] == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
				 offsetof(struct sockaddr_un, sun_path) + strlen(fixture->name)),
			 0);
	return fd;
}

/* As a user other than root; only root can change the user. */
static int client_connect_as(struct fixture *fixture, uid_t uid)
{
	int fd;

	if (geteuid() != 0)
		skip();
	assert_int_equal(seteuid(uid), 0);
	fd = client_connect(fixture);
	assert_int_equal(seteuid(0), 0);
	return fd;
}

static void put(int fd, const void *bytes, size_t length)
{
	assert_int_equal(send(fd, bytes, length, MSG_NOSIGNAL), length);
}

static void put_request(int fd, const char *text)
{
	char frame[sizeof(size_t) + 600];
	size_t length = strlen(text) + 1;

	memcpy(frame, &length, sizeof(length));
	memcpy(frame + sizeof(length), text, length);
	put(fd, frame, sizeof(length) + length);
}

/* Runs the loop until that many bytes have arrived, or fewer if the server has hung up. */
static size_t get(struct fixture *fixture, int fd, void *bytes, size_t length)
{
	uint64_t end = now_msec() + 10000;
	size_t got = 0;

	while (got < length) {
		ssize_t r = recv(fd, (char *)bytes + got, length - got, 0);

		if (r == 0 || (r < 0 && errno == ECONNRESET))
			break;
		assert_true(r > 0 || errno == EAGAIN);
		if (r > 0)
			got += r;
		else
			assert_true(sd_event_run(fixture->event, 1000) >= 0);
		assert_true(now_msec() < end);
	}
	return got;
}

static void expect_reply(struct fixture *fixture, int fd, const char *text)
{
	size_t length = 0;
	char reply[5000];

	assert_int_equal(get(fixture, fd, &length, sizeof(length)), sizeof(length));
	assert_int_equal(length, strlen(text) + 1);
	assert_int_equal(get(fixture, fd, reply, length), length);
	assert_string_equal(reply, text);
}

static void expect_hang_up(struct fixture *fixture, int fd)
{
	char byte;

	assert_int_equal(get(fixture, fd, &byte, 1), 0);
}

static void expect_nothing(struct fixture *fixture, int fd)
{
	char byte;

	settle(fixture);
	assert_int_equal(recv(fd, &byte, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_int_equal(sd_event_new(&fixture->event), 0);
	snprintf(fixture->name, sizeof(fixture->name), "@multipathd-test-%d", (int)getpid());
	setenv("MULTIPATH_SOCKET_NAME", fixture->name, 1);
	assert_int_equal(server_new(fixture->event, on_request, fixture, NULL, &fixture->server),
			 0);
	server_set_long_word(fixture->server, "@claim ");
	server_set_timeout(fixture->server, TIMEOUT_MSEC);
	assert_int_equal(server_start(fixture->server), 0);
	fixture->big = malloc(BIG);
	memset(fixture->big, 'x', BIG);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	server_free(fixture->server);
	sd_event_unref(fixture->event);
	free(fixture->big);
	free(fixture);
	return 0;
}

static void requests_of_a_connection_are_answered_in_turn(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);

	put_request(fd, "one");
	expect_reply(fixture, fd, "one");
	put_request(fd, "two");
	put_request(fd, "late");
	put_request(fd, "three");
	expect_reply(fixture, fd, "two");
	expect_nothing(fixture, fd);
	assert_int_equal(fixture->requests, 3);
	server_reply(fixture->server, fixture->late_id, "four", 4);
	assert_int_equal(fixture->requests, 3); /* not from within the answer to another one */
	expect_reply(fixture, fd, "four");
	expect_reply(fixture, fd, "three");
	assert_int_equal(fixture->last_is_root, getuid() == 0);
}

static void a_hundred_requests_at_once_are_all_answered(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	char text[16];

	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "request %d", i);
		put_request(fd, text);
	}
	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "request %d", i);
		expect_reply(fixture, fd, text);
	}
}

static void a_request_may_lack_its_nul_and_come_in_pieces(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	const size_t length = 4;

	put(fd, &length, sizeof(length));
	settle(fixture);
	put(fd, "sh", 2);
	settle(fixture);
	put(fd, "o", 1);
	settle(fixture);
	put(fd, "w", 1);
	expect_reply(fixture, fd, "show");
}

static void the_first_nul_ends_the_text(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	const size_t length = 12;

	put(fd, &length, sizeof(length));
	put(fd, "show\0daemon", 12);
	expect_reply(fixture, fd, "show");
}

static void the_longest_request_is_512_bytes(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	char text[513];

	memset(text, 'a', 512);
	text[512] = '\0';
	for (int i = 0; i < 3; i++) {
		size_t length = 512;

		put(fd, &length, sizeof(length));
		put(fd, text, 512);
	}
	for (int i = 0; i < 3; i++)
		expect_reply(fixture, fd, text);
}

static void a_bad_length_closes_the_connection(void **state)
{
	static const struct {
		uint64_t length;
		size_t size;
	} cases[] = {
		{ 0, 8 }, { 513, 8 }, { UINT64_MAX, 8 }, { 1ull << 32, 8 }, { 12, 4 }, { 12, 1 },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_close_ int fd = client_connect(fixture);

		put_request(fd, "before");
		expect_reply(fixture, fd, "before");
		put(fd, &cases[i].length, cases[i].size);
		expect_hang_up(fixture, fd);
	}
	assert_int_equal(fixture->requests, ARRAY_SIZE(cases));
}

/* A claim contains all udev properties. */
static void put_claim(int fd, char *text, size_t length, size_t piece)
{
	struct {
		size_t length;
		char text[4096];
	} frame = { .length = length };
	const size_t whole = sizeof(frame.length) + length;

	memset(text, 'x', length);
	memcpy(text, "@claim ", 7);
	text[length] = '\0';
	memcpy(frame.text, text, length);
	put(fd, &frame, piece);
	if (piece < whole)
		put(fd, (char *)&frame + piece, whole - piece);
}

static void a_claim_of_root_may_be_longer(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	char text[4097];

	if (geteuid() != 0)
		skip();
	for (size_t length = 510; length <= 4000; length += 349) {
		put_claim(fd, text, length, sizeof(length) + length);
		put_request(fd, "next");
		expect_reply(fixture, fd, text);
		expect_reply(fixture, fd, "next");
	}
	put_claim(fd, text, 2000, 700);
	expect_reply(fixture, fd, text);
}

static void no_other_request_may_be_longer(void **state)
{
	static const struct {
		size_t length, size;
		const char *begin;
	} cases[] = {
		{ 600, 608, "@claims" },
		{ 600, 608, "show topology" },
		{ 600, 14, "@claim" },
		{ 1 << 20, 608, "@claim " },
	};
	struct fixture *fixture = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_close_ int fd = client_connect(fixture);
		struct {
			size_t length;
			char text[600];
		} frame = { .length = cases[i].length };

		strcpy(frame.text, cases[i].begin);
		put(fd, &frame, cases[i].size);
		expect_hang_up(fixture, fd);
	}
	assert_int_equal(fixture->requests, 0);
}

static void half_a_claim_gets_the_timeout_reply(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	struct {
		size_t length;
		char text[600];
	} frame = { .length = 600, .text = "@claim " };

	if (geteuid() != 0)
		skip();
	put(fd, &frame, 558);
	expect_reply(fixture, fd, "fail\ntimeout\n");
	put(fd, frame.text, 50);
	put_request(fd, "next");
	expect_reply(fixture, fd, "next");
}

static void half_a_request_gets_the_timeout_reply_and_its_rest_is_dropped(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	const size_t length = 20;
	uint64_t begin = now_msec();

	put(fd, &length, sizeof(length));
	put(fd, "show", 4);
	expect_reply(fixture, fd, "fail\ntimeout\n");
	assert_in_range(now_msec() - begin, TIMEOUT_MSEC, TIMEOUT_MSEC + LATE_MSEC);
	assert_int_equal(fixture->requests, 0);

	put(fd, "456789", 6);
	settle(fixture);
	put(fd, "0123456789", 10);
	put_request(fd, "next");
	expect_reply(fixture, fd, "next");
}

static void a_late_answer_is_dropped_after_the_timeout_reply(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	uint64_t begin = now_msec(), id;

	put_request(fd, "late");
	expect_reply(fixture, fd, "fail\ntimeout\n");
	assert_in_range(now_msec() - begin, TIMEOUT_MSEC, TIMEOUT_MSEC + LATE_MSEC);
	id = fixture->late_id;
	put_request(fd, "late");
	settle(fixture);
	server_reply(fixture->server, id, "wrong", 5);
	expect_nothing(fixture, fd);
	server_reply(fixture->server, fixture->late_id, "right", 5);
	expect_reply(fixture, fd, "right");
}

static void idle_connections_do_not_time_out(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);

	turn(fixture, 3 * TIMEOUT_MSEC);
	put_request(fd, "still here");
	expect_reply(fixture, fd, "still here");
	turn(fixture, 2 * TIMEOUT_MSEC);
	expect_nothing(fixture, fd);
}

static void an_answer_without_a_client_is_harmless(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int other = client_connect(fixture);
	int fd = client_connect(fixture);

	put_request(fd, "late");
	settle(fixture);
	close(fd);
	server_reply(fixture->server, fixture->late_id, fixture->big, BIG);
	settle(fixture);
	server_reply(fixture->server, fixture->late_id, "again", 5);
	server_reply(fixture->server, 12345, "who", 3);
	put_request(other, "other");
	expect_reply(fixture, other, "other");
}

static void a_half_closed_connection_still_gets_its_answer(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);

	put_request(fd, "late");
	shutdown(fd, SHUT_WR);
	settle(fixture);
	server_reply(fixture->server, fixture->late_id, "answer", 6);
	expect_reply(fixture, fd, "answer");
	expect_hang_up(fixture, fd);
}

static void a_client_that_never_reads_delays_no_other(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int lazy = client_connect(fixture), fd = client_connect(fixture);
	_cleanup_free_ char *answer = malloc(BIG + 1);
	size_t length = 0;

	put_request(lazy, "big");
	put_request(lazy, "not read before the first is sent");
	for (int i = 0; i < 100; i++) {
		put_request(fd, "quick");
		expect_reply(fixture, fd, "quick");
	}
	assert_int_equal(fixture->requests, 101);
	turn(fixture, 2 * TIMEOUT_MSEC); /* which is none of sending */

	assert_int_equal(get(fixture, lazy, &length, sizeof(length)), sizeof(length));
	assert_int_equal(length, BIG + 1);
	assert_int_equal(get(fixture, lazy, answer, length), length);
	assert_memory_equal(answer, fixture->big, BIG);
	assert_int_equal(answer[BIG], '\0');
	expect_reply(fixture, lazy, "not read before the first is sent");
}

static void a_thousand_connections_are_served_at_once(void **state)
{
	struct fixture *fixture = *state;
	struct rlimit limit;
	int fds[1000];
	char text[32];

	if (geteuid() != 0) /* other users have few connections */
		skip();
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);

	for (int i = 0; i < 1000; i++) {
		snprintf(text, sizeof(text), "client %d", i);
		fds[i] = client_connect(fixture); /* none is accepted yet */
		put_request(fds[i], text);
	}
	for (int i = 999; i >= 0; i--) {
		snprintf(text, sizeof(text), "client %d", i);
		expect_reply(fixture, fds[i], text);
	}
	for (int i = 0; i < 1000; i++)
		close(fds[i]);
	settle(fixture);
}

static void accepting_pauses_while_there_are_no_descriptors(void **state)
{
	struct fixture *fixture = *state;
	int first = client_connect(fixture), second = client_connect(fixture);
	struct rlimit limit, few;
	struct timespec begin, end;
	int next = dup(second);

	close(next);
	put_request(first, "first");
	put_request(second, "second");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	few = limit;
	few.rlim_cur = next + 1; /* for the first */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	expect_reply(fixture, first, "first");
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
	turn(fixture, 200);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
	assert_in_range((end.tv_sec - begin.tv_sec) * 1000000000 + end.tv_nsec - begin.tv_nsec, 0,
			50000000);
	assert_int_equal(fixture->requests, 1);

	close(first);
	expect_reply(fixture, second, "second");
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	close(second);
}

static void random_bytes_are_harmless(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int other = client_connect(fixture);
	unsigned seed = 1;

	for (int i = 0; i < 2000; i++) {
		_cleanup_close_ int fd = client_connect(fixture);
		unsigned char bytes[700];
		size_t length = rand_r(&seed) % sizeof(bytes);

		for (size_t j = 0; j < length; j++)
			bytes[j] = rand_r(&seed);
		if (i % 2) /* a plausible length */
			memset(bytes + 1 + i % 3, 0, 7 - i % 3);
		send(fd, bytes, length, MSG_NOSIGNAL);
		if (i % 5 == 0)
			settle(fixture);
		if (i % 50 == 0) {
			put_request(other, "alive");
			expect_reply(fixture, other, "alive");
		}
	}
}

static void flushing_gets_the_last_answer_out_or_gives_up_in_time(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_close_ int fd = client_connect(fixture);
	uint64_t begin = now_msec();

	server_flush(fixture->server, 1000);
	assert_in_range(now_msec() - begin, 0, LATE_MSEC);
	put_request(fd, "big");
	settle(fixture);
	begin = now_msec();
	server_flush(fixture->server, 50);
	assert_in_range(now_msec() - begin, 49, 50 + LATE_MSEC);
}

static void the_named_socket_is_open_to_all_and_replaces_an_old_one(void **state)
{
	char directory[] = "/tmp/test-server-XXXXXX";
	struct fixture fixture = { 0 };
	struct server *old;
	struct stat node;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(directory));
	snprintf(fixture.name, sizeof(fixture.name), "%s/socket", directory);
	setenv("MULTIPATH_SOCKET_NAME", fixture.name, 1);
	assert_int_equal(sd_event_new(&fixture.event), 0);
	umask(077);
	assert_int_equal(server_new(fixture.event, on_request, &fixture, NULL, &old), 0);
	assert_int_equal(server_new(fixture.event, on_request, &fixture, NULL, &fixture.server), 0);
	assert_int_equal(stat(fixture.name, &node), 0);
	assert_int_equal(node.st_mode, S_IFSOCK | 0666);
	assert_int_equal(server_start(fixture.server), 0);
	fd = client_connect(&fixture);
	put_request(fd, "hello");
	expect_reply(&fixture, fd, "hello");
	close(fd);
	server_free(old);
	server_free(fixture.server);
	assert_int_equal(stat(fixture.name, &node), 0);
	unlink(fixture.name);

	/* A file that is not a socket is not ours to remove. */
	fd = creat(fixture.name, 0600);
	close(fd);
	assert_int_equal(server_new(fixture.event, on_request, &fixture, NULL, &old), -EADDRINUSE);
	unlink(fixture.name);
	rmdir(directory);
	sd_event_unref(fixture.event);
}

static void systemds_sockets_are_used(void **state)
{
	struct fixture fixture = { .name = "@multipathd-test-inherited" };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int saved = dup(SD_LISTEN_FDS_START);
	char pid[16];
	int fd;

	(void)state;
	setenv("MULTIPATH_SOCKET_NAME", "/nowhere/at/all", 1);
	strcpy(address.sun_path, fixture.name);
	address.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address,
			      offsetof(struct sockaddr_un, sun_path) + strlen(fixture.name)),
			 0);
	assert_int_equal(listen(fd, 10), 0);
	if (fd != SD_LISTEN_FDS_START) {
		dup2(fd, SD_LISTEN_FDS_START);
		close(fd);
	}
	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);

	assert_int_equal(sd_event_new(&fixture.event), 0);
	assert_int_equal(server_new(fixture.event, on_request, &fixture, NULL, &fixture.server), 0);
	fd = client_connect(&fixture); /* waits until the server is started */
	put_request(fd, "hello");
	expect_nothing(&fixture, fd);
	assert_int_equal(server_start(fixture.server), 0);
	expect_reply(&fixture, fd, "hello");
	close(fd);
	server_free(fixture.server);
	sd_event_unref(fixture.event);
	unsetenv("LISTEN_FDS");
	if (saved >= 0)
		dup2(saved, SD_LISTEN_FDS_START);
}

/* Sends a request, and reads whatever of its answer has arrived, as fast as it can. */
static void flood(int fd)
{
	struct {
		size_t length;
		char text[12];
	} __attribute__((packed)) request = { .length = 12, .text = "show daemon" };
	char bytes[4096];

	while (send(fd, &request, sizeof(request), MSG_NOSIGNAL) == sizeof(request))
		;
	while (recv(fd, bytes, sizeof(bytes), 0) > 0)
		;
}

static int count_call(sd_event_source *source, void *userdata)
{
	unsigned *calls = userdata;

	(void)source;
	++*calls;
	return 0;
}

/* CPU time of this process: the load of the machine does not matter. */
static uint64_t cpu_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (uint64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Waits for an idle loop, as reconciliation does, while clients send requests without a pause. */
static void idle_source_gets_its_turn(struct fixture *fixture, int (*connect_one)(struct fixture *))
{
	sd_event_source *idle;
	uint64_t end, asked, worst = 0;
	unsigned calls = 0, before = 0;
	int fds[4];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = connect_one(fixture);
	assert_int_equal(sd_event_add_defer(fixture->event, &idle, count_call, &calls), 0);
	sd_event_source_set_priority(idle, SD_EVENT_PRIORITY_IDLE);
	for (end = now_msec() + 500, asked = cpu_msec(); now_msec() < end;) {
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			flood(fds[i]);
		assert_true(sd_event_run(fixture->event, 0) >= 0);
		if (calls == before)
			continue;
		before = calls;
		worst = cpu_msec() - asked > worst ? cpu_msec() - asked : worst;
		asked = cpu_msec();
		sd_event_source_set_enabled(idle, SD_EVENT_ONESHOT);
	}
	assert_true(calls > 2);
	assert_in_range(worst, 0, 100);
	assert_true(fixture->requests > 100); /* they were answered all the same */
	sd_event_source_disable_unref(idle);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
}

static int connect_nobody(struct fixture *fixture)
{
	return client_connect_as(fixture, 65534);
}

static void busy_clients_of_root_starve_nothing(void **state)
{
	idle_source_gets_its_turn(*state, client_connect);
}

static void busy_clients_of_a_user_starve_nothing(void **state)
{
	idle_source_gets_its_turn(*state, connect_nobody);
}

static void root_is_answered_before_busy_users(void **state)
{
	struct fixture *fixture = *state;
	int fds[16], root;
	unsigned before;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = client_connect_as(fixture, 1000 + i % 4);
	root = client_connect(fixture);
	settle(fixture);
	for (int round = 0; round < 10; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			flood(fds[i]);
		assert_true(sd_event_run(fixture->event, 1000) >= 0);
		put_request(root, "root's");
		before = fixture->requests;
		expect_reply(fixture, root, "root's");
		/* as many as a slice of time allows, and no turn */
		assert_in_range(fixture->requests - before, 1, 2000);
	}
	close(root);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	settle(fixture);
}

static void a_user_has_few_connections_and_root_is_served_all_the_same(void **state)
{
	struct fixture *fixture = *state;
	int fds[400], root;
	unsigned open = 0;
	char byte;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = client_connect_as(fixture, 1000);
	root = client_connect(fixture);
	put_request(root, "root's");
	expect_reply(fixture, root, "root's");
	settle(fixture);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		open += recv(fds[i], &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
		close(fds[i]);
	}
	assert_int_equal(open, 128);
	settle(fixture);
	fds[0] = client_connect_as(fixture, 1000);
	put_request(fds[0], "again");
	expect_reply(fixture, fds[0], "again");
	close(fds[0]);
	close(root);
}

static void unread_answers_of_a_user_are_not_kept_for_ever(void **state)
{
	struct fixture *fixture = *state;
	int fds[20], root = client_connect(fixture), other = client_connect_as(fixture, 2000);
	unsigned taken;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = client_connect_as(fixture, 1000);
		put_request(fds[i], "big");
	}
	turn(fixture, 100);
	taken = fixture->requests;
	assert_in_range(taken, 1, 2); /* the others wait until these are read */
	put_request(root, "root's");
	expect_reply(fixture, root, "root's");
	put_request(other, "other's");
	expect_reply(fixture, other, "other's");
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	close(root);
	close(other);
}

static void urgent_bytes_are_bytes_like_others(void **state)
{
	struct fixture *fixture = *state;
	const size_t length = 3;
	struct pool *pool;
	int fd;

	assert_int_equal(pool_new(fixture->event, &pool), 0);
	server_set_pool(fixture->server, pool, 1);
	for (int i = 0; i < 3; i++) { /* 0: all of it before it is accepted */
		fd = client_connect_as(fixture, 1000);
		if (i > 0)
			settle(fixture);
		if (i < 2)
			put(fd, &length, sizeof(length));
		if (send(fd, "abc", 3, MSG_OOB | MSG_NOSIGNAL) < 0 && errno == EOPNOTSUPP)
			skip();
		for (int turns = 0; sd_event_run(fixture->event, 1000) > 0; turns++)
			assert_true(turns < 20);
		if (i < 2)
			expect_reply(fixture, fd, "abc");
		else
			expect_hang_up(fixture, fd); /* no length */
		close(fd);
	}
	settle(fixture);
	server_set_pool(fixture->server, NULL, 0);
	pool_free(pool);
}

/* A TCP connection whose close() waits for a peer that does not read. */
static int lingering_socket(int *peer)
{
	_cleanup_close_ int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const struct linger linger = { .l_onoff = 1, .l_linger = 600 };
	socklen_t length = sizeof(address);
	char bytes[65536] = "";
	int fd;

	assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	*peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	assert_true(*peer >= 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)), 0);
	while (send(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
		;
	return fd;
}

/* The server's listeners accept no descriptors, where the kernel supports that. */
static void pass_descriptors_as_older_kernels_do(void)
{
	const int passrights = 83 /* SO_PASSRIGHTS */, on = 1;

	for (int fd = 3, listens; fd < 1024; fd++) {
		socklen_t length = sizeof(listens);

		if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) == 0 && listens)
			setsockopt(fd, SOL_SOCKET, passrights, &on, sizeof(on));
	}
}

/* Return: true if it was accepted. */
static bool send_descriptor(int fd, int passed)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	char byte = 'x';
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &passed, sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) == 1;
}

static void descriptors_attached_to_a_request_block_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct pool *pool;
	int user, passed, peer, root = client_connect(fixture);
	uint64_t begin;

	assert_int_equal(pool_new(fixture->event, &pool), 0);
	server_set_pool(fixture->server, pool, 1);
	pass_descriptors_as_older_kernels_do();
	for (int i = 0; i < 2; i++) { /* read by the server; or closed unread */
		user = client_connect_as(fixture, 1000);
		if (i == 1) {
			put_request(user, "late");
			settle(fixture);
		}
		passed = lingering_socket(&peer);
		if (!send_descriptor(user, passed)) {
			close(peer);
			peer = -1;
		}
		close(passed);
		close(user);
		begin = now_msec();
		put_request(root, "alive");
		expect_reply(fixture, root, "alive");
		turn(fixture, 50);
		assert_in_range(now_msec() - begin, 50, 1000);
		if (peer >= 0)
			close(peer); /* lets a thread in close() continue */
	}
	close(root);
	turn(fixture, 100);
	server_set_pool(fixture->server, NULL, 0);
	pool_free(pool);
}

static size_t count_descriptors(void)
{
	DIR *stream = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(stream);
	while (readdir(stream))
		count++;
	closedir(stream);
	return count;
}

/* Beyond the quota: in the backlog while they send, and gone when they are refused. */
static void refused_connections_leak_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct pool *pool;
	int kept[128], peers[4], user, root, passed;
	size_t before;
	uint64_t end;

	assert_int_equal(pool_new(fixture->event, &pool), 0);
	server_set_pool(fixture->server, pool, 1);
	pass_descriptors_as_older_kernels_do();
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		kept[i] = client_connect_as(fixture, 1000);
	/* The last to connect is the last to be accepted, possibly some turns later. */
	put_request(kept[ARRAY_SIZE(kept) - 1], "accepted");
	expect_reply(fixture, kept[ARRAY_SIZE(kept) - 1], "accepted");
	before = count_descriptors();
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++) {
		user = client_connect_as(fixture, 1000);
		passed = lingering_socket(&peers[i]);
		if (!send_descriptor(user, passed))
			close(TAKE_FD(peers[i]));
		close(passed);
		close(user);
	}
	root = open("/dev/null", O_RDONLY | O_CLOEXEC);
	for (int i = 0; i < 600; i++) {
		user = client_connect_as(fixture, 1000);
		if (i % 2 || !send_descriptor(user, root))
			put(user, "x", 1);
		close(user);
	}
	close(root);
	root = client_connect(fixture);
	put_request(root, "alive");
	expect_reply(fixture, root, "alive");
	close(root);
	/* sooner than lingering ends, and later than 300 threads have ended on a busy machine */
	end = now_msec() + 120000;
	while (count_descriptors() > before + ARRAY_SIZE(peers) && now_msec() < end)
		turn(fixture, 10);
	assert_in_range(count_descriptors(), 0, before + ARRAY_SIZE(peers));
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		if (peers[i] >= 0)
			close(peers[i]);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		close(kept[i]);
	turn(fixture, 100);
	server_set_pool(fixture->server, NULL, 0);
	pool_free(pool);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(requests_of_a_connection_are_answered_in_turn),
		TEST(a_hundred_requests_at_once_are_all_answered),
		TEST(a_request_may_lack_its_nul_and_come_in_pieces),
		TEST(the_first_nul_ends_the_text),
		TEST(the_longest_request_is_512_bytes),
		TEST(a_claim_of_root_may_be_longer),
		TEST(no_other_request_may_be_longer),
		TEST(half_a_claim_gets_the_timeout_reply),
		TEST(a_bad_length_closes_the_connection),
		TEST(half_a_request_gets_the_timeout_reply_and_its_rest_is_dropped),
		TEST(a_late_answer_is_dropped_after_the_timeout_reply),
		TEST(idle_connections_do_not_time_out),
		TEST(an_answer_without_a_client_is_harmless),
		TEST(a_half_closed_connection_still_gets_its_answer),
		TEST(a_client_that_never_reads_delays_no_other),
		TEST(a_thousand_connections_are_served_at_once),
		TEST(accepting_pauses_while_there_are_no_descriptors),
		TEST(random_bytes_are_harmless),
		TEST(busy_clients_of_root_starve_nothing),
		TEST(busy_clients_of_a_user_starve_nothing),
		TEST(root_is_answered_before_busy_users),
		TEST(a_user_has_few_connections_and_root_is_served_all_the_same),
		TEST(unread_answers_of_a_user_are_not_kept_for_ever),
		TEST(urgent_bytes_are_bytes_like_others),
		TEST(descriptors_attached_to_a_request_block_nothing),
		TEST(refused_connections_leak_nothing),
		TEST(flushing_gets_the_last_answer_out_or_gives_up_in_time),
		cmocka_unit_test(the_named_socket_is_open_to_all_and_replaces_an_old_one),
		cmocka_unit_test(systemds_sockets_are_used),
	};
	int r;

	mp_hash_register_thread();
	r = cmocka_run_group_tests(tests, NULL, NULL);
	mp_hash_unregister_thread();
	return r;
}
