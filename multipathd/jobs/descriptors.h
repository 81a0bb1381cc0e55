/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descriptors.h - closes the descriptors of path devices, which may block.  For: the daemon's
 * control and jobs.
 */
#pragma once
#include <stdint.h>

struct daemon;
struct descriptors;

/**
 * descriptors_new() - without descriptors to close yet
 * @ret:	daemon->descriptors, which the functions below use; descriptors_free() when no path
 *		is left
 *
 * Return: 0 or -ENOMEM.
 */
int descriptors_new(struct descriptors **ret);

/** descriptors_free() - close those that are left. Return: NULL. */
struct descriptors *descriptors_free(struct descriptors *descriptors);

/** descriptors_close() - close on a worker, in that lane; at once if the pool has ended */
void descriptors_close(struct daemon *daemon, int fd, uint64_t lane);

/**
 * descriptors_begin_locking(), descriptors_end_locking() - an operation that locks descriptors of
 * paths is running: none of them is closed, so that its number is not reused, before the operation
 * has ended
 */
void descriptors_begin_locking(struct daemon *daemon);
void descriptors_end_locking(struct daemon *daemon);
