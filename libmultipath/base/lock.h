/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lock.h - a lock that is waited for with a limit.  For: all.
 */
#pragma once
#include <sys/types.h>

/* Bytes of an open file, which need not exist. */
struct mp_lock {
	int fd; /* opened for writing */
	off_t start, length; /* 0: to the end */
};

/**
 * mp_lock_take() - lock them for writing, until mp_lock_release(), or all copies of the descriptor
 * are closed. Blocks.
 *
 * An open file description lock: it is that of one open(), whatever the thread or process, and
 * conflicts with the POSIX locks of other programs.
 *
 * Return: 0, -ETIMEDOUT after @limit_msec, negative errno.
 */
int mp_lock_take(const struct mp_lock *lock, unsigned limit_msec);

/** mp_lock_release() - all bytes of that open(), also if another process has a copy of @fd */
void mp_lock_release(int fd);
