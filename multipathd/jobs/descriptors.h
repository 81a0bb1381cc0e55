/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descriptors.h - closing the descriptors of paths' devices, which may block.  For: the daemon's
 * control and jobs.
 */
#pragma once
#include <stdint.h>

struct daemon;

/** descriptors_close() - on a worker, in that lane */
void descriptors_close(struct daemon *daemon, int fd, uint64_t lane);

/**
 * descriptors_begin_locking(), descriptors_end_locking() - an operation that locks descriptors of
 * paths is under way: none of those is closed, and its number given to something else, before the
 * operation has ended
 */
void descriptors_begin_locking(struct daemon *daemon);
void descriptors_end_locking(struct daemon *daemon);

void descriptors_fini(struct daemon *daemon);
