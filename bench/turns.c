/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns.c - how long each turn of a program's event loop takes.  For: bench/turns-guest.
 *
 * Preloaded, it stands between sd-event and the kernel: from the return of one epoll_wait() to the
 * next call is a turn. Those of 1 ms and more go to the file $TURNS, a line each: when it ended
 * (seconds since boot) and its length in microseconds.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { SHORTEST_USEC = 1000 };

static int turns_fd = -1;
static uint64_t begun_usec; /* 0: no turn is under way */

static uint64_t now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * UINT64_C(1000000) + ts.tv_nsec / 1000;
}

static void turn_end(void)
{
	uint64_t now = now_usec();
	char line[64];
	int length;

	if (!begun_usec || now - begun_usec < SHORTEST_USEC)
		return;
	if (turns_fd < 0 && getenv("TURNS"))
		turns_fd = open(getenv("TURNS"), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	length = snprintf(line, sizeof(line), "%.3f %llu\n", now / 1e6,
			  (unsigned long long)(now - begun_usec));
	if (turns_fd >= 0 && write(turns_fd, line, length) != length)
		abort();
}

/* Workers do not wait for events: whoever calls this is the loop. */
int epoll_wait(int fd, struct epoll_event *events, int count, int timeout)
{
	static int (*next)(int, struct epoll_event *, int, int);
	int r;

	if (!next)
		next = dlsym(RTLD_NEXT, "epoll_wait");
	turn_end();
	r = next(fd, events, count, timeout);
	begun_usec = now_usec();
	return r;
}

int epoll_pwait2(int fd, struct epoll_event *events, int count, const struct timespec *timeout,
		 const sigset_t *mask)
{
	static int (*next)(int, struct epoll_event *, int, const struct timespec *,
			   const sigset_t *);
	int r;

	if (!next)
		next = dlsym(RTLD_NEXT, "epoll_pwait2");
	turn_end();
	r = next(fd, events, count, timeout, mask);
	begun_usec = now_usec();
	return r;
}
