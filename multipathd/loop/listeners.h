/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listeners.h - the daemon's names for its clients: a file, an abstract one, one for root.  For:
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
 * @closings:	closes what was not accepted when the listeners end
 * @warning:	may be NULL; called if one of the two names fails, which is tolerated, or root's.
 *		If another process has the abstract name, it is taken once it is free
 *
 * Return: 0, negative errno: there is none but root's.
 */
int listeners_new(sd_event *event, struct closings *closings, const struct listeners_hooks *hooks,
		  void (*warning)(const char *text), struct listeners **ret);

/** listeners_free() - close all; files stay in the file system. Return: NULL. */
struct listeners *listeners_free(struct listeners *listeners);

/** listeners_enable() - look at root's own socket; and at those for all users */
void listeners_enable(struct listeners *listeners, bool roots, bool users);
