/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listeners.h - the sockets that clients connect to: a file, an abstract name, root's own.  For:
 * server.
 */
#pragma once
#include <stdbool.h>
#include <systemd/sd-event.h>

struct closings;
struct listeners;

struct listeners_hooks {
	/* clients may be accepted from @fd; the kernel lets only root connect to root's */
	void (*on_connect)(void *userdata, int fd, bool is_roots);
	void *userdata;
};

/**
 * listeners_new() - open the sockets, or take systemd's (LISTEN_FDS, 1 or 2 of them); all are
 * ignored until listeners_enable()
 * @closings:	closes connections not accepted by the time the listeners are freed
 * @warning:	may be NULL; called if root's socket or one of the two others cannot be bound, which
 *is tolerated. An abstract name in use by another process is bound once it is free
 *
 * Return: 0, negative errno: only root's is bound, if any.
 */
int listeners_new(sd_event *event, struct closings *closings, const struct listeners_hooks *hooks,
		  void (*warning)(const char *text), struct listeners **ret);

/** listeners_free() - close all; files stay in the file system. Return: NULL. */
struct listeners *listeners_free(struct listeners *listeners);

/** listeners_enable() - poll root's own socket, and the ones for all users */
void listeners_enable(struct listeners *listeners, bool roots, bool users);
