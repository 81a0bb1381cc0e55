/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * aio.h - one libaio context for all O_DIRECT reads of checkers.  For: directio, the daemon's loop.
 */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct mp_aio;

/**
 * mp_aio_new() - a context without reads
 * @event_fd:	eventfd that is signalled when reads end, drained by the caller; -1: none, for
 *		mp_aio_wait()
 * @room:	reads under way at most
 */
int mp_aio_new(int event_fd, unsigned room, struct mp_aio **ret);

/**
 * mp_aio_free() - reads that hang in the kernel keep their buffers, and the context, for ever.
 * Return: NULL.
 */
struct mp_aio *mp_aio_free(struct mp_aio *aio);
/** mp_aio_freep() - for _cleanup_() */
void mp_aio_freep(struct mp_aio **aio);

/**
 * mp_aio_read() - start a read of one block at offset 0; several threads may
 * @fd:		with O_DIRECT, else the read is synchronous; may be closed while the read is under
 *		way
 * @block_size:	4096 at most
 *
 * Return: 0, -EAGAIN no room, negative errno: not started, @cookie will not come back.
 */
int mp_aio_read(struct mp_aio *aio, int fd, size_t block_size, void *cookie);

/**
 * mp_aio_block_size() - bytes to read from @fd: the device's block, or a page if that is larger or
 * unknown
 */
size_t mp_aio_block_size(int fd);

struct mp_aio_done {
	void *cookie;
	int error; /* 0 whole block read, else negative errno */
};

/**
 * mp_aio_reap() - reads that ended, without waiting. One thread. Return: how many were written to
 * @done.
 */
size_t mp_aio_reap(struct mp_aio *aio, struct mp_aio_done *done, size_t room);

/** mp_aio_wait() - as mp_aio_reap(), but waits for the first */
size_t mp_aio_wait(struct mp_aio *aio, unsigned timeout_msec, struct mp_aio_done *done,
		   size_t room);
