/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/events/fcevents.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/fpin.h"
#include "multipathd/control/fabric.h"
#include "multipathd/loop/slices.h"
#include "multipathd/state/daemon.h"

enum { RECEIVE_BUFFER = 4 << 20 };

struct fcevents {
	struct daemon *daemon;
	int fd; /* -1: not open */
	int error; /* of the last attempt, logged */
	sd_event_source *source;
	uint8_t data[MP_FC_EVENT_SIZE];
};

/* Return: bytes of a datagram of the kernel's; 0: of another sender, which is dropped; negative
 * errno. */
static ssize_t fcevents_receive(struct fcevents *fcevents)
{
	struct sockaddr_nl sender = { 0 };
	socklen_t sender_size = sizeof(sender);
	ssize_t n = recvfrom(fcevents->fd, fcevents->data, sizeof(fcevents->data), MSG_DONTWAIT,
			     (struct sockaddr *)&sender, &sender_size);

	if (n < 0)
		return -errno;
	return sender_size == sizeof(sender) && sender.nl_pid == 0 ? n : 0;
}

static int fcevents_on_event(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct fcevents *fcevents = userdata;
	struct slice slice = slice_begin();

	(void)source;
	(void)fd;
	(void)events;
	do {
		ssize_t n = fcevents_receive(fcevents);

		if (n == -ENOBUFS)
			log_warning(
				"Fibre Channel events lost: paths may be impaired without being marginal");
		else if (n < 0)
			return n == -EAGAIN || n == -EINTR ? 0 : (int)n;
		else
			fabric_take_datagram(fcevents->daemon, fcevents->data, n);
	} while (!slice_is_over(&slice));
	return 0;
}

static int fcevents_bind(int fd)
{
	const int group = MP_FC_EVENT_GROUP, size = RECEIVE_BUFFER;
	const struct sockaddr_nl address = { .nl_family = AF_NETLINK };

	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return -errno;
	return 0;
}

static int fcevents_open(struct fcevents *fcevents)
{
	_cleanup_close_ int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SCSITRANSPORT);
	int r;

	if (fd < 0)
		return -errno;
	r = fcevents_bind(fd);
	if (r >= 0)
		r = sd_event_add_io(fcevents->daemon->event, &fcevents->source, fd, EPOLLIN,
				    fcevents_on_event, fcevents);
	if (r < 0)
		return r;
	fcevents->fd = TAKE_FD(fd);
	return sd_event_source_set_exit_on_failure(fcevents->source, true);
}

void fcevents_review(struct fcevents *fcevents)
{
	int r;

	if (fcevents->fd >= 0 || !fabric_is_configured(fcevents->daemon))
		return;
	r = fcevents_open(fcevents);
	if (r < 0 && r != fcevents->error)
		log_line(r == -EPROTONOSUPPORT ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING,
			 "cannot receive Fibre Channel events: %s", strerror(-r));
	fcevents->error = r;
}

int fcevents_new(struct daemon *daemon, struct fcevents **ret)
{
	struct fcevents *fcevents = calloc(1, sizeof(*fcevents));

	if (!fcevents)
		return -ENOMEM;
	fcevents->daemon = daemon;
	fcevents->fd = -1;
	fcevents_review(fcevents);
	*ret = fcevents;
	return 0;
}

struct fcevents *fcevents_free(struct fcevents *fcevents)
{
	if (!fcevents)
		return NULL;
	sd_event_source_disable_unref(fcevents->source);
	if (fcevents->fd >= 0)
		close(fcevents->fd);
	free(fcevents);
	return NULL;
}
