/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/registrants.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/reserving.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/request.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum {
	ASKS_MAX = 3,
	/* Then the next path is asked as well. All of them end before a client stops waiting. */
	ASK_USEC = 1000000,
	/* Longer: a command that the kernel aborts makes it reset what other I/O uses. */
	COMMAND_TIMEOUT_MSEC = 30000,
};

struct registrants_job;

/* Of the array of one map. */
struct inquiry {
	struct registrants_job *job;
	uint64_t paths[ASKS_MAX]; /* ids */
	size_t path_count;
	size_t next; /* of them, to be asked */
	struct ask *asks[ASKS_MAX]; /* that may still answer */
	size_t ask_count;
	struct registrants *registrants; /* the job's */
};

/* Of one path. */
struct ask {
	struct work work;
	struct inquiry *inquiry; /* for the loop; NULL: it has ended */
	bool expired;
	int fd;
	struct registrants answer;
};

struct registrants_job {
	struct daemon *daemon; /* for the loop */
	serve_fn then;
	struct request request; /* its text is owned */
	char *text;
	struct inquiry *inquiries;
	struct registrants *registrants;
	size_t count;
	size_t pending; /* inquiries, and the loop that starts them */
	bool cancelled; /* the pool has ended */
};

static void registrants_job_free(struct registrants_job *job)
{
	free(job->inquiries);
	free(job->registrants);
	free(job->text);
	free(job);
}

static void registrants_job_unref(struct registrants_job *job)
{
	if (--job->pending)
		return;
	if (job->cancelled)
		daemon_reply(job->daemon, job->request.id, "fail\n");
	else
		job->then(job->daemon, &job->request,
			  &(struct details){ .registrants = job->registrants,
					     .registrant_count = job->count });
	registrants_job_free(job);
}

/* ---- on a worker */

static void ask_run(struct work *work)
{
	struct ask *ask = caa_container_of(work, struct ask, work);
	struct registrants *answer = &ask->answer;
	_cleanup_free_ uint8_t *data = NULL;
	struct mp_reservation_keys keys;

	answer->error = mp_reserving_read_keys(ask->fd, COMMAND_TIMEOUT_MSEC, &data, &keys);
	if (answer->error < 0)
		return;
	answer->count = keys.count;
	answer->own_count = answer->key.key ? mp_reservation_count(&keys, answer->key.key) : 0;
	answer->error = mp_reserving_read_holder(ask->fd, COMMAND_TIMEOUT_MSEC, &answer->holder);
}

/* ---- on the loop */

static void ask_on_done(struct work *work);
static void ask_on_expired(struct work *work);

static void inquiry_end(struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->ask_count; i++)
		if (inquiry->asks[i])
			inquiry->asks[i]->inquiry = NULL;
	registrants_job_unref(inquiry->job);
}

static bool may_be_asked(const struct mp_path *path)
{
	return mp_path_is_active(path) && mp_protocol_is_scsi(path->identity.protocol) &&
	       daemon_path_of(path)->fd >= 0;
}

/* Return: 0, -ENODEV it cannot be asked any more, -ENOMEM. */
static int inquiry_ask(struct inquiry *inquiry, uint64_t path_id)
{
	struct daemon *daemon = inquiry->job->daemon;
	const struct daemon_path *path = paths_find_id(&daemon->inventory, path_id);
	int fd = path && may_be_asked(&path->path) ? fcntl(path->fd, F_DUPFD_CLOEXEC, 0) : -1;
	struct ask *ask;

	if (fd < 0)
		return -ENODEV;
	ask = calloc(1, sizeof(*ask));
	if (!ask) {
		close(fd);
		return -ENOMEM;
	}
	*ask = (struct ask){ .inquiry = inquiry,
			     .fd = fd,
			     .answer = *inquiry->registrants,
			     .work = { .run = ask_run,
				       .done = ask_on_done,
				       .expired = ask_on_expired,
				       .lane = lane_of_path(&path->path.identity),
				       .timeout_usec = ASK_USEC } };
	inquiry->asks[inquiry->ask_count++] = ask;
	pool_submit(daemon->pool, &ask->work);
	return 0;
}

static bool inquiry_waits(const struct inquiry *inquiry)
{
	for (size_t i = 0; i < inquiry->ask_count; i++)
		if (inquiry->asks[i] && !inquiry->asks[i]->expired)
			return true;
	return false;
}

/* No answer so far: ask the next path. If there is none and no answer is due, @error is it. */
static void inquiry_go_on(struct inquiry *inquiry, int error)
{
	while (inquiry->next < inquiry->path_count)
		if (inquiry_ask(inquiry, inquiry->paths[inquiry->next++]) == 0)
			return;
	if (inquiry_waits(inquiry))
		return;
	inquiry->registrants->error = error;
	inquiry_end(inquiry);
}

/* Late is better than never, as long as another path is waited for. */
static void inquiry_take(struct inquiry *inquiry, const struct ask *ask)
{
	int error = ask->answer.error;

	for (size_t i = 0; i < inquiry->ask_count; i++)
		if (inquiry->asks[i] == ask)
			inquiry->asks[i] = NULL;
	if (ask->work.skipped) {
		if (ask->expired)
			return;
		inquiry->job->cancelled = true;
		inquiry_end(inquiry);
	} else if (error >= 0 || error == -EOPNOTSUPP) {
		*inquiry->registrants = ask->answer;
		inquiry_end(inquiry);
	} else if (!ask->expired) {
		inquiry_go_on(inquiry, error);
	}
}

static void ask_on_done(struct work *work)
{
	struct ask *ask = caa_container_of(work, struct ask, work);
	struct inquiry *inquiry = ask->inquiry;

	if (inquiry)
		inquiry_take(inquiry, ask);
	close(ask->fd);
	free(ask);
}

static void ask_on_expired(struct work *work)
{
	struct ask *ask = caa_container_of(work, struct ask, work);

	ask->expired = true;
	if (ask->inquiry)
		inquiry_go_on(ask->inquiry, -ETIMEDOUT);
}

static bool has(const uint64_t *values, size_t count, uint64_t value)
{
	for (size_t i = 0; i < count; i++)
		if (values[i] == value)
			return true;
	return false;
}

/* Paths through different ports come first: a port hangs with all its paths. */
static void inquiry_choose_paths(struct inquiry *inquiry, const struct daemon_map *map)
{
	uint64_t lanes[ASKS_MAX];
	const struct mp_path *path;

	for (int pass = 0; pass < 2; pass++)
		cds_list_for_each_entry(path, &map->map.paths, in_map) {
			uint64_t lane = lane_of_path(&path->identity);
			size_t count = inquiry->path_count;

			if (count == ASKS_MAX)
				return;
			if (!may_be_asked(path) || has(inquiry->paths, count, path->id) ||
			    (pass == 0 && has(lanes, count, lane)))
				continue;
			inquiry->paths[count] = path->id;
			lanes[count] = lane;
			inquiry->path_count++;
		}
}

static bool has_scsi_path(const struct daemon_map *map)
{
	const struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (mp_protocol_is_scsi(path->identity.protocol))
			return true;
	return false;
}

static void registrants_job_add(struct registrants_job *job, const struct daemon_map *map)
{
	struct inquiry *inquiry = &job->inquiries[job->count];

	inquiry->job = job;
	inquiry->registrants = &job->registrants[job->count++];
	memcpy(inquiry->registrants->wwid, map->map.wwid, sizeof(inquiry->registrants->wwid));
	inquiry->registrants->key = map->reservation.key;
	inquiry_choose_paths(inquiry, map);
	job->pending++;
	inquiry_go_on(inquiry, maps_has_paths(map) && !has_scsi_path(map) ? -EOPNOTSUPP : -ENODEV);
}

int registrants_read(struct daemon *daemon, const struct daemon_map *only,
		     const struct request *request, serve_fn then)
{
	struct registrants_job *job = calloc(1, sizeof(*job));
	size_t count = only ? 1 : daemon->inventory.map_count;
	const struct mp_map *map;

	if (!job)
		return -ENOMEM;
	job->daemon = daemon;
	job->then = then;
	job->request = *request;
	job->request.text = job->text = strdup(request->text);
	job->inquiries = calloc(count + 1, sizeof(*job->inquiries));
	job->registrants = calloc(count + 1, sizeof(*job->registrants));
	if (!job->text || !job->inquiries || !job->registrants) {
		registrants_job_free(job);
		return -ENOMEM;
	}
	job->pending = 1;
	if (only)
		registrants_job_add(job, only);
	else
		cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
			if (map->kernel.exists)
				registrants_job_add(job, daemon_map_of(map));
	registrants_job_unref(job);
	return 0;
}
