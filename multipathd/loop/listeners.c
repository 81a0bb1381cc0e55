/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/listeners.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/loop/closings.h"
#include "multipathd/loop/holder.h"
#include "multipathd/loop/socket.h"
#include "multipathd/loop/timers.h"

#define ABSTRACT_NAME "@/org/kernel/linux/storage/multipathd"
#define FILE_NAME RUNTIME_DIR "/multipathd.socket"
#define ROOT_NAME RUNTIME_DIR "/multipathd.root.socket"

enum {
	LISTENERS_MAX = 3,
	INHERITED_MAX = 2,
	REBIND_USEC = 10000000, /* retry a name that another process holds */
	HOLDER_MSEC = 200, /* to find that process: systemd waits for the daemon to start */
};

struct listener {
	struct listeners *listeners;
	int fd;
	bool is_roots; /* the kernel lets only root connect to it */
	sd_event_source *source;
};

struct listeners {
	sd_event *event;
	struct closings *closings;
	struct listeners_hooks hooks;
	struct listener all[LISTENERS_MAX];
	size_t count, roots_count;
	bool roots_enabled, users_enabled;
	bool inherited; /* systemd listens on, too */
	sd_event_source *rebind; /* while another process holds the abstract name */
};

static int listener_on_connect(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	struct listener *listener = userdata;
	const struct listeners_hooks *hooks = &listener->listeners->hooks;

	(void)source;
	(void)revents;
	hooks->on_connect(hooks->userdata, fd, listener->is_roots);
	return 0;
}

static void listener_update(struct listener *listener)
{
	const struct listeners *listeners = listener->listeners;
	bool enabled = listener->is_roots ? listeners->roots_enabled : listeners->users_enabled;

	sd_event_source_set_enabled(listener->source, enabled ? SD_EVENT_ON : SD_EVENT_OFF);
}

void listeners_enable(struct listeners *listeners, bool roots, bool users)
{
	listeners->roots_enabled = roots;
	listeners->users_enabled = users;
	for (size_t i = 0; i < listeners->count; i++)
		listener_update(&listeners->all[i]);
}

/* Takes the descriptor if it succeeds. */
static int listeners_adopt(struct listeners *listeners, int fd, bool is_roots)
{
	struct listener *listener = &listeners->all[listeners->count];
	int r;

	socket_refuse_descriptors(fd);
	*listener = (struct listener){ .listeners = listeners, .fd = fd, .is_roots = is_roots };
	r = sd_event_add_io(listeners->event, &listener->source, fd, EPOLLIN, listener_on_connect,
			    listener);
	if (r < 0)
		return r;
	sd_event_source_set_exit_on_failure(listener->source, true);
	listener_update(listener);
	listeners->count++;
	listeners->roots_count += is_roots;
	return 0;
}

static int listeners_listen(struct listeners *listeners, const char *name, mode_t mode)
{
	_cleanup_close_ int fd = socket_listen(name, mode);
	int r;

	if (fd < 0)
		return fd;
	/* A process that wants to keep root waiting cannot queue up at root's own. */
	r = listeners_adopt(listeners, fd, strcmp(name, ROOT_NAME) == 0);
	if (r == 0)
		TAKE_FD(fd);
	return r;
}

static int listeners_inherit(struct listeners *listeners, int count)
{
	int r = 0;

	for (int i = 0; i < count && r == 0; i++) {
		int fd = SD_LISTEN_FDS_START + i, flags = fcntl(fd, F_GETFL);

		if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
			return -errno;
		r = listeners_adopt(listeners, fd, false);
	}
	return r;
}

/* The process that held the daemon's name may have exited. */
static int listeners_on_rebind(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct listeners *listeners = userdata;

	(void)source;
	(void)usec;
	if (listeners_listen(listeners, ABSTRACT_NAME, 0666) < 0)
		return timers_set(listeners->event, &listeners->rebind,
				  timers_now_usec() + REBIND_USEC, listeners_on_rebind, listeners);
	log_notice("socket " ABSTRACT_NAME " is free now, listening on it");
	return 0;
}

/* Any user may bind an abstract name that is free. */
static void listeners_warn(void (*warning)(const char *text), const char *name, int error)
{
	struct holder holder;
	char text[256];

	if (!warning)
		return;
	if (error == -EADDRINUSE && *name == '@' && holder_find(name, HOLDER_MSEC, &holder) == 0)
		snprintf(text, sizeof(text), "socket %s is held by process %d (%s) of uid %u", name,
			 (int)holder.pid, holder.command, (unsigned)holder.uid);
	else if (error == -EADDRINUSE && *name == '@')
		snprintf(text, sizeof(text),
			 "socket %s is held by another process (\"ss -xap\" shows which)", name);
	else
		snprintf(text, sizeof(text), "socket %s: %s", name, strerror(-error));
	warning(text);
}

/* The two that all users may connect to. */
static int listeners_open_both(struct listeners *listeners, void (*warning)(const char *text))
{
	static const char *const names[] = { ABSTRACT_NAME, FILE_NAME };
	int failure = 0, r;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		r = listeners_listen(listeners, names[i], 0666);
		if (r == 0)
			continue;
		failure = r;
		if (names[i][0] == '@')
			timers_set(listeners->event, &listeners->rebind,
				   timers_now_usec() + REBIND_USEC, listeners_on_rebind, listeners);
		listeners_warn(warning, names[i], r);
	}
	return listeners->count > listeners->roots_count ? 0 : failure;
}

static int listeners_open(struct listeners *listeners, void (*warning)(const char *text))
{
	const char *name = getenv("MULTIPATH_SOCKET_NAME");
	int inherited = sd_listen_fds(0), r;

	listeners->inherited = inherited > 0 && inherited <= INHERITED_MAX;
	if (!listeners->inherited && name && *name)
		return listeners_listen(listeners, name, 0666);
	r = name && *name ? 0 : listeners_listen(listeners, ROOT_NAME, 0600);
	if (r < 0)
		listeners_warn(warning, ROOT_NAME, r);
	if (listeners->inherited)
		return listeners_inherit(listeners, inherited);
	return listeners_open_both(listeners, warning);
}

int listeners_new(sd_event *event, struct closings *closings, const struct listeners_hooks *hooks,
		  void (*warning)(const char *text), struct listeners **ret)
{
	struct listeners *listeners = calloc(1, sizeof(*listeners));
	int r;

	if (!listeners)
		return -ENOMEM;
	listeners->event = event;
	listeners->closings = closings;
	listeners->hooks = *hooks;
	r = listeners_open(listeners, warning);
	if (r < 0) {
		listeners_free(listeners);
		return r;
	}
	*ret = listeners;
	return 0;
}

/*
 * Connections that were not accepted are closed like clients': descriptors attached to them would
 * otherwise be closed with the listener.
 */
static void listener_close(struct listener *listener)
{
	const struct listeners *listeners = listener->listeners;
	int fd = listener->fd, client_fd;

	sd_event_source_disable_unref(listener->source);
	if (!listeners->inherited && shutdown(fd, SHUT_RDWR) == 0)
		while ((client_fd = accept4(fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0)
			closings_close(listeners->closings, client_fd, NULL, false);
	close(fd);
}

struct listeners *listeners_free(struct listeners *listeners)
{
	if (!listeners)
		return NULL;
	for (size_t i = 0; i < listeners->count; i++)
		listener_close(&listeners->all[i]);
	sd_event_source_disable_unref(listeners->rebind);
	free(listeners);
	return NULL;
}
