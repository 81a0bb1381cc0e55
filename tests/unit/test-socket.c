/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "multipathd/loop/socket.h"
#include "scratch_dir.h"

/* Return: a client's descriptor, negative errno. */
static int connect_to(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, name, length);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	if (connect(fd, (struct sockaddr *)&address,
		    offsetof(struct sockaddr_un, sun_path) + length) == 0)
		return fd;
	length = errno;
	close(fd);
	return -(int)length;
}

static void a_listener_takes_a_file_with_its_mode_or_an_abstract_name(void **state)
{
	char file[PATH_MAX];
	const char *const names[] = { scratch_path(*state, "socket", file),
				      "@test-socket-listener" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		int listener = socket_listen(names[i], 0640), client, server;
		struct stat node;

		assert_true(listener >= 0);
		if (names[i][0] != '@') {
			assert_int_equal(stat(names[i], &node), 0);
			assert_int_equal(node.st_mode & 07777, 0640);
		}
		assert_int_equal(accept(listener, NULL, NULL), -1); /* without waiting */
		assert_int_equal(errno, EAGAIN);
		client = connect_to(names[i]);
		assert_true(client >= 0);
		server = accept(listener, NULL, NULL);
		assert_int_equal(socket_peer_uid(server), geteuid());
		close(server);
		close(client);
		close(listener);
	}
}

static void an_old_socket_is_replaced_and_no_other_file(void **state)
{
	char file[PATH_MAX];
	int old = socket_listen(scratch_path(*state, "socket", file), 0600), new;

	assert_true(old >= 0);
	close(old);
	new = socket_listen(file, 0600);
	assert_true(new >= 0);
	close(new);
	unlink(file);
	new = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	close(new);
	assert_int_equal(socket_listen(file, 0600), -EADDRINUSE);
}

static void an_unusable_name_is_refused(void **state)
{
	char name[200];

	(void)state;
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(socket_listen(name, 0600), -ENAMETOOLONG);
	assert_int_equal(socket_listen("", 0600), -ENAMETOOLONG);
}

/* One byte, with or without a descriptor attached to it. */
static void send_byte(int fd, bool attached)
{
	char byte = 'x', room[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (attached) {
		message.msg_control = room;
		message.msg_controllen = sizeof(room);
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &fd, sizeof(int));
	}
	assert_int_equal(sendmsg(fd, &message, 0), 1);
}

static void only_attached_descriptors_may_block_a_close(void **state)
{
	static const struct {
		unsigned bytes;
		bool attached;
		bool at_once;
	} rows[] = {
		{ 0, false, true }, { 1, false, true },	    { 0, true, false },
		{ 2, true, false }, { 2000, false, false }, /* more than is examined */
	};

	static const char bytes[2000];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int ends[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
		assert_int_equal(write(ends[1], bytes, rows[i].bytes), rows[i].bytes);
		if (rows[i].attached)
			send_byte(ends[1], true);
		assert_int_equal(socket_closes_at_once(ends[0]), rows[i].at_once);
		assert_int_equal(send(ends[1], "x", 1, MSG_NOSIGNAL), -1); /* it has ended */
		close(ends[0]);
		close(ends[1]);
	}
}

static void peeking_takes_nothing_and_reports_descriptors(void **state)
{
	char byte = 0;
	int ends[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(socket_peek(ends[0], &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	send_byte(ends[1], false);
	assert_int_equal(socket_peek(ends[0], &byte, 1), 1);
	assert_int_equal(socket_peek(ends[0], &byte, 1), 1);
	assert_int_equal(byte, 'x');
	assert_int_equal(read(ends[0], &byte, 1), 1);
	send_byte(ends[1], true);
	assert_int_equal(socket_peek(ends[0], &byte, 1), -1);
	assert_int_equal(errno, EBADMSG);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_listener_takes_a_file_with_its_mode_or_an_abstract_name, scratch_dir_make,
			scratch_dir_remove),
		cmocka_unit_test_setup_teardown(an_old_socket_is_replaced_and_no_other_file,
						scratch_dir_make, scratch_dir_remove),
		cmocka_unit_test(an_unusable_name_is_refused),
		cmocka_unit_test(only_attached_descriptors_may_block_a_close),
		cmocka_unit_test(peeking_takes_nothing_and_reports_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
