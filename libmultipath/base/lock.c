/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

enum { FIRST_WAIT_MSEC = 1, LONGEST_WAIT_MSEC = 200 };

static int lock_set(const struct mp_lock *lock, short type)
{
	struct flock bytes = {
		.l_type = type, .l_whence = SEEK_SET, .l_start = lock->start, .l_len = lock->length
	};

	if (fcntl(lock->fd, F_OFD_SETLK, &bytes) == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

/*
 * The kernel waits for a lock without limit or until a signal, and neither a thread of the daemon
 * nor a library may use signals. Nothing tells when a lock is released, so this asks again after
 * ever longer pauses.
 */
int mp_lock_take(const struct mp_lock *lock, unsigned limit_msec)
{
	uint64_t deadline_msec = mp_clock_msec() + limit_msec;
	int pause_msec = FIRST_WAIT_MSEC;

	for (;;) {
		int r = lock_set(lock, F_WRLCK);
		uint64_t now;

		if (r != -EAGAIN)
			return r;
		now = mp_clock_msec();
		if (now >= deadline_msec)
			return -ETIMEDOUT;
		if ((uint64_t)pause_msec > deadline_msec - now)
			pause_msec = deadline_msec - now;
		(void)poll(NULL, 0, pause_msec);
		pause_msec *= 2;
		if (pause_msec > LONGEST_WAIT_MSEC)
			pause_msec = LONGEST_WAIT_MSEC;
	}
}

void mp_lock_release(int fd)
{
	lock_set(&(struct mp_lock){ .fd = fd }, F_UNLCK);
}
