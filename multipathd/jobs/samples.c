/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/samples.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/aio.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/paths.h"

enum {
	READS_AT_ONCE = 32, /* of one path */
	READ_LIMIT_SEC = 60, /* a read that is older has failed */
	ROOM = 4096,
};

static const uint64_t usec_per_sec = 1000000;
static const uint64_t round_usec = 100000;

struct samples {
	struct mp_aio *aio;
	int fd; /* readable when reads have ended */
	sd_event_source *source;
};

struct sample_read {
	struct sampling *sampling;
	uint64_t begun_usec;
	bool under_way, counted;
};

/*
 * Sampling of one path. After it is stopped it remains until the last of its reads has completed.
 */
struct sampling {
	struct daemon *daemon; /* for the loop: run() does not follow it */
	uint64_t path_id;
	bool stopped;
	bool starting; /* a job is */
	samples_ended_fn ended;
	uint64_t end_usec;
	unsigned ios, errors, under_way;
	sd_event_source *timer;
	struct sample_read reads[READS_AT_ONCE];
};

/* Starting a read may block on the device's queue. */
struct sample_job {
	struct work work;
	struct sampling *sampling; /* for the loop */
	struct mp_aio *aio;
	int fd;
	size_t count;
	struct {
		struct sample_read *cookie; /* for the loop */
		int error;
	} reads[READS_AT_ONCE];
};

static void sampling_unref(struct sampling *sampling)
{
	if (sampling->stopped && !sampling->starting && !sampling->under_way)
		free(sampling);
}

static void sample_read_count(struct sample_read *read, bool failed)
{
	struct sampling *sampling = read->sampling;
	const struct daemon_path *path;

	if (read->counted || sampling->stopped)
		return;
	read->counted = true;
	sampling->ios++;
	if (!failed || sampling->errors++)
		return;
	/* The number is reported at the end, minutes later. */
	path = paths_find_id(&sampling->daemon->inventory, sampling->path_id);
	log_notice("%s: sample reads are failing", mp_path_name(&path->path));
}

static void sample_job_run(struct work *work)
{
	struct sample_job *job = caa_container_of(work, struct sample_job, work);
	size_t block_size = mp_aio_block_size(job->fd);

	for (size_t i = 0; i < job->count; i++)
		job->reads[i].error =
			mp_aio_read(job->aio, job->fd, block_size, job->reads[i].cookie);
	close(job->fd); /* may block; the kernel keeps the device open for the reads */
}

static void sample_job_done(struct work *work)
{
	struct sample_job *job = caa_container_of(work, struct sample_job, work);
	struct sampling *sampling = job->sampling;

	for (size_t i = 0; i < job->count; i++) {
		struct sample_read *read = job->reads[i].cookie;

		if (!work->skipped && job->reads[i].error >= 0)
			continue; /* it ends by itself, or already has */
		if (!work->skipped && job->reads[i].error != -EAGAIN)
			sample_read_count(read, true);
		read->under_way = false;
		sampling->under_way--;
	}
	sampling->starting = false;
	sampling_unref(sampling);
	if (work->skipped)
		close(job->fd);
	free(job);
}

static int samples_on_aio(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct samples *samples = userdata;
	struct mp_aio_done done[64];
	uint64_t signals;
	size_t n;

	(void)source;
	(void)events;
	if (read(fd, &signals, sizeof(signals)) < 0 && errno != EAGAIN)
		return -errno;
	do {
		n = mp_aio_reap(samples->aio, done, ARRAY_SIZE(done));
		for (size_t i = 0; i < n; i++) {
			struct sample_read *read = done[i].cookie;
			struct sampling *sampling = read->sampling;

			sample_read_count(read, done[i].error < 0);
			read->under_way = false;
			sampling->under_way--;
			sampling_unref(sampling);
		}
	} while (n == ARRAY_SIZE(done));
	return 0;
}

static void sampling_start_round(struct sampling *sampling, const struct daemon_path *path,
				 uint64_t now)
{
	struct sample_job *job;

	if (sampling->starting || sampling->under_way == READS_AT_ONCE || path->fd < 0)
		return;
	job = calloc(1, sizeof(*job));
	if (!job)
		return;
	job->fd = fcntl(path->fd, F_DUPFD_CLOEXEC, 0);
	if (job->fd < 0) {
		free(job);
		return;
	}
	job->sampling = sampling;
	job->aio = sampling->daemon->samples->aio;
	for (size_t i = 0; i < READS_AT_ONCE; i++) {
		struct sample_read *read = &sampling->reads[i];

		if (read->under_way)
			continue;
		*read = (struct sample_read){ .sampling = sampling,
					      .begun_usec = now,
					      .under_way = true };
		job->reads[job->count++].cookie = read;
	}
	sampling->under_way += job->count;
	sampling->starting = true;
	job->work = (struct work){
		.run = sample_job_run,
		.done = sample_job_done,
		.lane = lane_of_path(&path->path.identity),
		.timeout_usec = READ_LIMIT_SEC * usec_per_sec,
	};
	pool_submit(sampling->daemon->pool, &job->work);
}

static int sampling_on_round(sd_event_source *source, uint64_t usec, void *userdata)
{
	struct sampling *sampling = userdata;
	struct daemon_path *path = paths_find_id(&sampling->daemon->inventory, sampling->path_id);
	uint64_t now = daemon_now_usec(sampling->daemon);
	bool ends = now >= sampling->end_usec;

	(void)source;
	(void)usec;
	for (size_t i = 0; i < READS_AT_ONCE; i++) {
		struct sample_read *read = &sampling->reads[i];

		if (read->under_way &&
		    (ends || now - read->begun_usec > READ_LIMIT_SEC * usec_per_sec))
			sample_read_count(read, true);
	}
	if (ends) {
		unsigned ios = sampling->ios, errors = sampling->errors;
		samples_ended_fn ended = sampling->ended;

		samples_stop(path);
		ended(path, ios, errors);
		return 0;
	}
	/* Reads started now must have completed, or be counted as failed, by then. */
	if (now + READ_LIMIT_SEC * usec_per_sec < sampling->end_usec)
		sampling_start_round(sampling, path, now);
	return timers_set(sampling->daemon->event, &sampling->timer, now + round_usec,
			  sampling_on_round, sampling);
}

static int samples_new(struct daemon *daemon, struct samples **ret)
{
	struct samples *samples = calloc(1, sizeof(*samples));
	int r;

	if (!samples)
		return -ENOMEM;
	samples->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	r = samples->fd < 0 ? -errno : mp_aio_new(samples->fd, ROOM, &samples->aio);
	if (r >= 0)
		r = sd_event_add_io(daemon->event, &samples->source, samples->fd, EPOLLIN,
				    samples_on_aio, samples);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(samples->source, true);
	if (r < 0) {
		samples_free(samples);
		return r;
	}
	*ret = samples;
	return 0;
}

int samples_start(struct daemon_path *path, unsigned duration_sec, samples_ended_fn ended)
{
	struct daemon *daemon = path->inventory->daemon;
	uint64_t now = daemon_now_usec(daemon);
	struct sampling *sampling;
	int r = daemon->samples ? 0 : samples_new(daemon, &daemon->samples);

	if (r < 0)
		return r;
	samples_stop(path);
	sampling = calloc(1, sizeof(*sampling));
	if (!sampling)
		return -ENOMEM;
	sampling->daemon = daemon;
	sampling->path_id = path->path.id;
	sampling->ended = ended;
	sampling->end_usec = now + duration_sec * usec_per_sec;
	r = timers_set(daemon->event, &sampling->timer, now, sampling_on_round, sampling);
	if (r < 0) {
		free(sampling);
		return r;
	}
	path->sampling = sampling;
	return 0;
}

void samples_stop(struct daemon_path *path)
{
	struct sampling *sampling = path->sampling;

	if (!sampling)
		return;
	path->sampling = NULL;
	sampling->timer = sd_event_source_disable_unref(sampling->timer);
	sampling->stopped = true;
	sampling_unref(sampling);
}

struct samples *samples_free(struct samples *samples)
{
	if (!samples)
		return NULL;
	sd_event_source_disable_unref(samples->source);
	mp_aio_free(samples->aio);
	if (samples->fd >= 0)
		close(samples->fd);
	free(samples);
	return NULL;
}
