/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-daemon.h - a daemon for tests of its clients: a thread that listens on a file and answers
 * from a table.
 */
#pragma once
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct fake_reply {
	/* a NULL reply closes the connection; the last row's request may be NULL: any */
	const char *request, *reply;
};

struct fake_daemon {
	const struct fake_reply *replies;
	int listener, client; /* client: -1 if none */
	pthread_t thread;
	char dir[32], file[48];
	char log[4096]; /* all requests, each followed by a bar */
};

static inline const char *fake_find(const struct fake_daemon *daemon, const char *request)
{
	const struct fake_reply *row;

	for (row = daemon->replies; row->request; row++) {
		if (!strcmp(row->request, request))
			break;
	}
	return row->reply;
}

static inline void fake_serve(struct fake_daemon *daemon, int fd)
{
	char request[600];
	size_t length;

	while (recv(fd, &length, sizeof(length), MSG_WAITALL) == sizeof(length) &&
	       length <= sizeof(request) &&
	       recv(fd, request, length, MSG_WAITALL) == (ssize_t)length) {
		const char *reply = fake_find(daemon, request);

		strncat(daemon->log, request, sizeof(daemon->log) - strlen(daemon->log) - 2);
		strcat(daemon->log, "|");
		if (!reply)
			break;
		length = strlen(reply) + 1;
		send(fd, &length, sizeof(length), MSG_NOSIGNAL);
		send(fd, reply, length, MSG_NOSIGNAL);
	}
}

static inline void *fake_main(void *arg)
{
	struct fake_daemon *daemon = arg;
	int fd;

	while ((fd = accept(daemon->listener, NULL, NULL)) >= 0) {
		daemon->client = fd;
		fake_serve(daemon, fd);
		daemon->client = -1;
		close(fd);
	}
	return NULL;
}

/* Clients find it through the environment. */
static inline void fake_start(struct fake_daemon *daemon, const struct fake_reply *replies)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };

	memset(daemon, 0, sizeof(*daemon));
	daemon->replies = replies;
	daemon->client = -1;
	strcpy(daemon->dir, "/tmp/fake-daemon-XXXXXX");
	assert_non_null(mkdtemp(daemon->dir));
	snprintf(daemon->file, sizeof(daemon->file), "%s/socket", daemon->dir);
	strcpy(name.sun_path, daemon->file);
	daemon->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(daemon->listener, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(daemon->listener, 10), 0);
	assert_int_equal(pthread_create(&daemon->thread, NULL, fake_main, daemon), 0);
	setenv("MULTIPATH_SOCKET_NAME", daemon->file, 1);
}

/* A client left over from a failed test is disconnected. */
static inline void fake_stop(struct fake_daemon *daemon)
{
	shutdown(daemon->listener, SHUT_RDWR);
	if (daemon->client >= 0)
		shutdown(daemon->client, SHUT_RDWR);
	pthread_join(daemon->thread, NULL);
	close(daemon->listener);
	unlink(daemon->file);
	rmdir(daemon->dir);
	unsetenv("MULTIPATH_SOCKET_NAME");
}
