/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/socket.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/cleanup.h"

enum { SEND_BUFFER = 32 << 10 }; /* the kernel doubles it */

/* Linux 6.16; not in all headers yet. */
#ifndef SO_PASSRIGHTS
#define SO_PASSRIGHTS 83
#endif

static int socket_bind(int fd, const char *name, mode_t mode)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	bool is_abstract = name[0] == '@';
	struct stat node;

	if (length == 0 || length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, name, length);
	if (is_abstract)
		address.sun_path[0] = '\0';
	else if (lstat(name, &node) == 0 && S_ISSOCK(node.st_mode))
		unlink(name);
	if (bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + length) <
	    0)
		return -errno;
	if (!is_abstract && chmod(name, mode) < 0)
		return -errno;
	return 0;
}

int socket_listen(const char *name, mode_t mode)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = socket_bind(fd, name, mode);
	if (r < 0)
		return r;
	return listen(fd, SOMAXCONN) < 0 ? -errno : TAKE_FD(fd);
}

void socket_refuse_descriptors(int listener_fd)
{
	int off = 0;

	/* Its connections inherit it. */
	setsockopt(listener_fd, SOL_SOCKET, SO_PASSRIGHTS, &off, sizeof(off));
}

uid_t socket_peer_uid(int fd)
{
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t length = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 ? (uid_t)-1 : peer.uid;
}

void socket_limit(int fd)
{
	int buffer = SEND_BUFFER, on = 1;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
}

ssize_t socket_peek(int fd, void *data, size_t size)
{
	struct iovec part = { .iov_base = data, .iov_len = size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	ssize_t r = recvmsg(fd, &message, MSG_DONTWAIT | MSG_PEEK);

	if (r >= 0 && message.msg_flags & MSG_CTRUNC) {
		errno = EBADMSG;
		return -1;
	}
	return r;
}

bool socket_closes_at_once(int fd)
{
	char bytes[1024];
	int unread = 0;

	if (shutdown(fd, SHUT_RDWR) < 0 || ioctl(fd, FIONREAD, &unread) < 0)
		return false;
	/* Nothing arrives from here on; all unread data has to be examined. */
	return unread == 0 ||
	       ((size_t)unread <= sizeof(bytes) && socket_peek(fd, bytes, sizeof(bytes)) == unread);
}
