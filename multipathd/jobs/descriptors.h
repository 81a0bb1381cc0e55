/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descriptors.h - closing the descriptors of paths' devices, which may block.  For: the daemon's
 * control and jobs.
 */
#pragma once
#include <stdint.h>

struct daemon;
struct descriptors;

/**
 * descriptors_new() - none waits to be closed
 * @ret:	daemon->descriptors, which the functions below use; descriptors_free() when no path
 *		is left
 *
 * Return: 0 or -ENOMEM.
 */
int descriptors_new(struct descriptors **ret);

/** descriptors_free() - closes those that wait. Return: NULL. */
struct descriptors *descriptors_free(struct descriptors *descriptors);

/** descriptors_close() - on a worker, in that lane; at once when the pool has ended */
void descriptors_close(struct daemon *daemon, int fd, uint64_t lane);

/**
 * descriptors_begin_locking(), descriptors_end_locking() - an operation that locks descriptors of
 * paths is under way: none of those is closed, and its number given to something else, before the
 * operation has ended
 */
void descriptors_begin_locking(struct daemon *daemon);
void descriptors_end_locking(struct daemon *daemon);
