/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lock.h - a lock that is waited for with a limit.  For: all.
 */
#pragma once

/**
 * mp_lock_wait() - call @attempt for @fd again and again, until it gets the lock. Blocks.
 * @attempt:	returns 0, -EAGAIN another process has it, other negative errno
 *
 * Return: 0, -ETIMEDOUT after @limit_msec, negative errno of @attempt.
 */
int mp_lock_wait(int (*attempt)(int fd), int fd, unsigned limit_msec);
