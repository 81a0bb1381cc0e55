/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * path_latency: "io_num=N base_num=B": the faster N direct reads are, the better; latencies within
 * a factor of B are equally good.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <math.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <time.h>

#include "base/cleanup.h"
#include "kernel/aio.h"
#include "prioritizers/prioritizers.h"

enum { BLOCK_SIZE_MAX = 4096, READS_MIN = 20, READS_MAX = 200, LATENCY_MAX_USEC = 100000000 };

struct options {
	long reads;
	double base;
};

/* Return: 0, -EINVAL. */
static int parse_options(const char *args, struct options *ret)
{
	char number[32], *end;

	if (!mp_prioritizer_arg(args, "io_num", number, sizeof(number)))
		return -EINVAL;
	ret->reads = strtol(number, &end, 10);
	if (end == number || *end || ret->reads < READS_MIN || ret->reads > READS_MAX)
		return -EINVAL;
	if (!mp_prioritizer_arg(args, "base_num", number, sizeof(number)))
		return -EINVAL;
	ret->base = strtod(number, &end);
	return end == number || *end || !(ret->base >= 1.1 && ret->base <= 10) ? -EINVAL : 0;
}

static double now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

/* Return: 0 and the average of the latencies' logarithms, negative errno. */
static int measure(const struct mp_prioritization *prioritization, const struct options *options,
		   double *ret)
{
	_cleanup_(mp_aio_freep) struct mp_aio *aio = NULL;
	int block_size = 0, flags = fcntl(prioritization->fd, F_GETFL), r;
	double sum = 0;

	if (flags < 0 ||
	    (!(flags & O_DIRECT) && fcntl(prioritization->fd, F_SETFL, flags | O_DIRECT) < 0))
		return -errno;
	if (ioctl(prioritization->fd, BLKBSZGET, &block_size) < 0 || block_size <= 0 ||
	    block_size > BLOCK_SIZE_MAX)
		block_size = BLOCK_SIZE_MAX;
	r = mp_aio_new(-1, 1, &aio);
	for (long i = 0; r == 0 && i < options->reads; i++) {
		struct mp_aio_done done;
		double begin = now_usec(), latency;

		r = mp_aio_read(aio, prioritization->fd, block_size, aio);
		if (r == 0)
			r = mp_aio_wait(aio, prioritization->timeout_msec, &done, 1) == 1 ?
				    done.error :
				    -ETIMEDOUT;
		latency = now_usec() - begin;
		sum += log(latency < 1 ? 1 : latency) / log(options->base);
	}
	*ret = sum / options->reads;
	return r;
}

static int path_latency_priority(struct mp_prioritization *prioritization)
{
	struct options options;
	double average = 0, most;
	int r;

	if (parse_options(prioritization->args, &options) < 0)
		options = (struct options){ .reads = 100, .base = pow(10, 0.25) };
	r = measure(prioritization, &options, &average);
	if (r < 0)
		return r;
	most = log(LATENCY_MAX_USEC) / log(options.base);
	return average >= most ? 0 : average <= 0 ? (int)most : (int)(most - average);
}

const struct mp_prioritizer mp_prioritizer_path_latency = { .name = "path_latency",
							    .priority = path_latency_priority };
