/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* listings.h - the block devices of the machine, listed by a worker.  For: control. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct daemon;
struct mp_roots;

/**
 * listings_ended_fn - @error: 0, negative errno; @devts: as from mp_probe_list(), for the callee to
 * free; NULL on error. Not called if the daemon ends before.
 */
typedef void (*listings_ended_fn)(struct daemon *daemon, int error, dev_t *devts, size_t count);

/** listings_start() - Return: 0, -ENOMEM (then @ended is not called). */
int listings_start(struct daemon *daemon, const struct mp_roots *roots, listings_ended_fn ended);
