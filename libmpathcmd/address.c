/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libmpathcmd/address.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

int mp_address_parse(const char *text, struct mp_address *ret)
{
	struct mp_address address = { .name.sun_family = AF_UNIX };
	size_t length = strlen(text);

	if (!length)
		return -EINVAL;
	if (length >= sizeof(address.name.sun_path))
		return -ENAMETOOLONG;

	memcpy(address.name.sun_path, text, length);
	address.length = offsetof(struct sockaddr_un, sun_path) + length;
	if (text[0] == '@')
		address.name.sun_path[0] = '\0';
	else
		address.length++; /* the NUL of a file name belongs to it */

	address.anybodys = text[0] == '@';
	*ret = address;
	return 0;
}

int mp_address_list(const char *override, struct mp_address *ret)
{
	static const char *const names[MP_ADDRESS_MAX] = { MP_ADDRESS_ROOT, MP_ADDRESS_FILE,
							   MP_ADDRESS_ABSTRACT };
	int i, r;

	if (override && *override) {
		r = mp_address_parse(override, ret);
		if (r < 0)
			return r;
		ret->anybodys = false; /* the caller's choice */
		return 1;
	}
	for (i = 0; i < MP_ADDRESS_MAX; i++) {
		r = mp_address_parse(names[i], &ret[i]);
		if (r < 0)
			return r;
	}
	return i;
}

static int connect_retry(int fd, const struct mp_address *address)
{
	int r;

	do
		r = connect(fd, (const struct sockaddr *)&address->name, address->length);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

/* The kernel tells who began to listen; systemd may have, for the daemon. */
static bool is_trusted(int fd)
{
	struct ucred peer;
	socklen_t length = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
	       (peer.uid == 0 || peer.uid == geteuid());
}

static int socket_open(int flags, unsigned int timeout_msec)
{
	struct timeval timeout = { timeout_msec / 1000, timeout_msec % 1000 * 1000 };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0), r;

	if (fd < 0)
		return -errno;
	/* A connect() to a full backlog waits as long as a send would. */
	if (timeout_msec &&
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0) {
		r = -errno;
		close(fd);
		return r;
	}
	return fd;
}

int mp_address_connect(int flags, unsigned int timeout_msec)
{
	struct mp_address addresses[MP_ADDRESS_MAX];
	int fd, i, count, r;

	count = mp_address_list(secure_getenv(MP_ADDRESS_VARIABLE), addresses);
	if (count < 0)
		return count;

	for (i = 0, r = -ECONNREFUSED; i < count; i++) {
		fd = socket_open(flags, timeout_msec);
		if (fd < 0)
			return fd;
		r = connect_retry(fd, &addresses[i]);
		if (r == 0 && is_trusted(fd))
			return fd;
		close(fd);
		if (r == -EAGAIN && !addresses[i].anybodys)
			return r;
		if (r == 0 || r == -EAGAIN)
			r = -EPERM;
	}
	return r;
}
