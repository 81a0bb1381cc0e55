/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * directio: read the first block with O_DIRECT through libaio, so that a read that hangs holds no
 * thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/aio.h"
#include "checkers/checkers.h"

/* The flag is the open file's: one call for the whole life of the descriptor. */
static int prepare(struct mp_check *check)
{
	int flags = fcntl(check->fd, F_GETFL);

	if (flags < 0)
		return -errno;
	if (!(flags & O_DIRECT) && fcntl(check->fd, F_SETFL, flags | O_DIRECT) < 0)
		return -errno;
	check->kept = mp_aio_block_size(check->fd);
	return 0;
}

/* A conflict is an answer. If the path were down for it, it could not be registered. */
void mp_check_take_read(struct mp_check *check, int error)
{
	if (error == 0 || error == -EBADE)
		mp_check_answer(check, MP_PATH_UP, error ? MP_CHECK_RESERVED : "path is up");
	else
		mp_check_answer(check, MP_PATH_DOWN, "path is down");
}

/*
 * Any user can have all contexts that there may be (fs.aio-max-nr). Then the read holds the thread.
 */
static int read_and_wait(struct mp_check *check)
{
	_cleanup_free_ void *buffer = NULL;
	size_t size = check->kept;
	ssize_t r;

	if (posix_memalign(&buffer, size, size) != 0)
		return mp_check_answer(check, MP_PATH_UNCHECKED, "out of memory");
	r = pread(check->fd, buffer, size, 0);
	mp_check_take_read(check, r == (ssize_t)size ? 0 : r < 0 ? -errno : -EIO);
	return 0;
}

/* A read that hangs leaves its context behind. */
static int check_and_wait(struct mp_check *check)
{
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;
	struct mp_aio_done done;
	int r = mp_aio_new(-1, 1, &aio);

	if (r < 0)
		return read_and_wait(check);
	r = mp_aio_read(aio, check->fd, check->kept, check);
	if (r < 0)
		return mp_check_answer(check, MP_PATH_UNCHECKED,
				       "asynchronous reads are not available");
	if (mp_aio_wait(aio, check->timeout_msec, &done, 1) == 0)
		return mp_check_answer(check, MP_PATH_DOWN, "read timed out");
	mp_check_take_read(check, done.error);
	return 0;
}

static int directio_check(struct mp_check *check)
{
	int r = 0;

	if (!check->kept)
		r = prepare(check);
	if (r < 0)
		return mp_check_answer(check, MP_PATH_UNCHECKED, "device cannot be read directly");
	if (!check->aio)
		return check_and_wait(check);

	mp_check_answer(check, MP_PATH_PENDING, "waiting for the read");
	r = mp_aio_read(check->aio, check->fd, check->kept, check->cookie);
	if (r < 0)
		return mp_check_answer(check, MP_PATH_UNCHECKED, "read could not be started");
	return 1;
}

const struct mp_checker mp_checker_directio = { .name = "directio", .check = directio_check };
