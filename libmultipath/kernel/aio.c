/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/aio.h"

#include <errno.h>
#include <libaio.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/cleanup.h"

enum { BUFFER_SIZE = 4096, REAP_AT_ONCE = 64 };

struct mp_aio {
	io_context_t context;
	int event_fd;
	size_t under_way; /* atomic */
};

/* The buffer comes first: it must be aligned to a page. */
struct read {
	unsigned char buffer[BUFFER_SIZE];
	struct iocb iocb;
	size_t block_size;
	void *cookie;
};

int mp_aio_new(int event_fd, unsigned room, struct mp_aio **ret)
{
	_cleanup_free_ struct mp_aio *aio = calloc(1, sizeof(*aio));
	int r;

	if (!aio)
		return -ENOMEM;
	aio->event_fd = event_fd;
	r = io_setup(room, &aio->context);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(aio);
	return 0;
}

struct mp_aio *mp_aio_free(struct mp_aio *aio)
{
	struct mp_aio_done done[REAP_AT_ONCE];

	if (!aio)
		return NULL;
	while (mp_aio_reap(aio, done, REAP_AT_ONCE) == REAP_AT_ONCE)
		;
	/* io_destroy() would wait for what hangs; the kernel may still write to its buffers. */
	if (__atomic_load_n(&aio->under_way, __ATOMIC_ACQUIRE) == 0) {
		io_destroy(aio->context);
		free(aio);
	}
	return NULL;
}

void mp_aio_freep(struct mp_aio **aio)
{
	mp_aio_free(*aio);
}

size_t mp_aio_block_size(int fd)
{
	int size;

	return ioctl(fd, BLKBSZGET, &size) < 0 || size <= 0 || size > BUFFER_SIZE ? BUFFER_SIZE :
										    size;
}

int mp_aio_read(struct mp_aio *aio, int fd, size_t block_size, void *cookie)
{
	struct read *read;
	struct iocb *iocb;
	int r;

	if (block_size == 0 || block_size > BUFFER_SIZE)
		return -EINVAL;
	if (posix_memalign((void **)&read, BUFFER_SIZE, sizeof(*read)))
		return -ENOMEM;
	read->block_size = block_size;
	read->cookie = cookie;
	iocb = &read->iocb;
	io_prep_pread(iocb, fd, read->buffer, block_size, 0);
	if (aio->event_fd >= 0)
		io_set_eventfd(iocb, aio->event_fd);
	iocb->data = read;

	/* Counted before it is started: it may have ended before io_submit() returns. */
	__atomic_add_fetch(&aio->under_way, 1, __ATOMIC_ACQ_REL);
	r = io_submit(aio->context, 1, &iocb);
	if (r != 1) {
		__atomic_sub_fetch(&aio->under_way, 1, __ATOMIC_ACQ_REL);
		free(read);
		return r < 0 ? r : -EAGAIN;
	}
	return 0;
}

static size_t reap(struct mp_aio *aio, long least, struct timespec *timeout,
		   struct mp_aio_done *done, size_t room)
{
	struct io_event events[REAP_AT_ONCE];
	int count;

	if (room > REAP_AT_ONCE)
		room = REAP_AT_ONCE;
	count = io_getevents(aio->context, least, room, events, timeout);
	if (count <= 0)
		return 0;
	for (int i = 0; i < count; i++) {
		struct read *read = events[i].data;
		long result = (long)events[i].res;

		done[i].cookie = read->cookie;
		done[i].error = result < 0 ? result : (size_t)result == read->block_size ? 0 : -EIO;
		free(read);
	}
	__atomic_sub_fetch(&aio->under_way, count, __ATOMIC_ACQ_REL);
	return count;
}

size_t mp_aio_reap(struct mp_aio *aio, struct mp_aio_done *done, size_t room)
{
	struct timespec now = { 0 };

	return reap(aio, 0, &now, done, room);
}

size_t mp_aio_wait(struct mp_aio *aio, unsigned timeout_msec, struct mp_aio_done *done, size_t room)
{
	struct timespec timeout = { timeout_msec / 1000, timeout_msec % 1000 * 1000000L };

	return reap(aio, 1, &timeout, done, room);
}
