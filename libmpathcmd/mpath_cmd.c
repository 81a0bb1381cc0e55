/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathcmd/mpath_cmd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "libmpathcmd/address.h"

static int fail(int error)
{
	errno = error;
	return -1;
}

int mpath_connect__(int nonblocking)
{
	int fd, flags;

	fd = mp_address_connect(nonblocking ? SOCK_NONBLOCK : 0, 0);
	if (fd < 0)
		return fail(-fd);
	if (!nonblocking)
		return fd;

	flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0) {
		int error = errno;

		close(fd);
		return fail(error);
	}
	return fd;
}

int __mpath_connect(int nonblocking) __attribute__((alias("mpath_connect__")));

int mpath_connect(void)
{
	return mpath_connect__(0);
}

int mpath_disconnect(int fd)
{
	return close(fd);
}

static int64_t now_msec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Signals do not lengthen the wait. */
static int wait_for(int fd, short events, unsigned int timeout_msec)
{
	int64_t deadline = now_msec() + timeout_msec, left = timeout_msec;
	struct pollfd wait = { .fd = fd, .events = events };
	int r;

	for (;;) {
		r = poll(&wait, 1, left > INT_MAX ? INT_MAX : (int)left);
		if (r > 0)
			return 0;
		if (r < 0 && errno != EINTR)
			return -1;
		left = deadline - now_msec();
		if (left <= 0)
			return fail(ETIMEDOUT);
	}
}

int mpath_send_cmd(int fd, const char *cmd)
{
	size_t length = cmd ? strlen(cmd) + 1 : 0;
	struct iovec parts[] = {
		{ .iov_base = &length, .iov_len = sizeof(length) },
		{ .iov_base = (char *)cmd, .iov_len = length },
	};
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };

	while (message.msg_iovlen) {
		ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0 && errno == EAGAIN) {
			if (wait_for(fd, POLLOUT, DEFAULT_REPLY_TIMEOUT) < 0)
				return -1;
			continue;
		}
		if (sent < 0)
			return -1;
		while (message.msg_iovlen && (size_t)sent >= message.msg_iov->iov_len) {
			sent -= message.msg_iov->iov_len;
			message.msg_iov++;
			message.msg_iovlen--;
		}
		if (message.msg_iovlen) {
			message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + sent;
			message.msg_iov->iov_len -= sent;
		}
	}
	return 0;
}

/* @likely: the bytes are probably there already, so ask before waiting */
static int receive(int fd, void *data, size_t length, unsigned int timeout_msec, bool likely)
{
	char *next = data;

	while (length) {
		ssize_t got;

		if (!likely && wait_for(fd, POLLIN, timeout_msec) < 0)
			return -1;
		got = recv(fd, next, length, MSG_DONTWAIT);
		if (got > 0) {
			next += got;
			length -= got;
			likely = true;
		} else if (got == 0) {
			return fail(EIO);
		} else if (errno == EAGAIN) {
			likely = false;
		} else if (errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

ssize_t mpath_recv_reply_len(int fd, unsigned int timeout)
{
	size_t length;

	if (receive(fd, &length, sizeof(length), timeout, false) < 0)
		return -1;
	if (length == 0 || length >= MAX_REPLY_LEN)
		return fail(ERANGE);
	return length;
}

int mpath_recv_reply_data(int fd, char *reply, size_t len, unsigned int timeout)
{
	if (!len)
		return fail(EINVAL);
	if (receive(fd, reply, len, timeout, true) < 0)
		return -1;
	reply[len - 1] = '\0';
	return 0;
}

int mpath_recv_reply(int fd, char **reply, unsigned int timeout)
{
	ssize_t length;
	char *text;

	*reply = NULL;
	length = mpath_recv_reply_len(fd, timeout);
	if (length < 0)
		return -1;
	text = malloc(length);
	if (!text)
		return -1;
	if (mpath_recv_reply_data(fd, text, length, timeout) < 0) {
		int error = errno;

		free(text);
		return fail(error);
	}
	*reply = text;
	return 0;
}

int mpath_process_cmd(int fd, const char *cmd, char **reply, unsigned int timeout)
{
	*reply = NULL;
	if (mpath_send_cmd(fd, cmd) < 0)
		return -1;
	return mpath_recv_reply(fd, reply, timeout);
}
