/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/schedule.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "multipathd/control/awaited.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/questions.h"
#include "multipathd/control/waiters.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/samples.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

enum {
	BURSTS = 4, /* per interval: waking up costs more than a check */
};

static const uint64_t usec_per_sec = 1000000;

int schedule_at(struct daemon_path *path, uint64_t usec)
{
	if (!path->job)
		path->path.next_check_usec = usec;
	return agenda_set(path->inventory->daemon->agenda, &path->due, usec);
}

uint64_t schedule_next_usec(const struct daemon_path *path, uint64_t now_usec)
{
	unsigned max = path->inventory->process->max_polling_interval_sec;
	uint64_t sec = now_usec / usec_per_sec + path->path.interval_sec;
	uint64_t phase;

	if (path->path.interval_sec == max && path->path.map && max) {
		phase = mp_hash_text(path->path.map->wwid) % BURSTS * max / BURSTS;
		sec -= (sec + max - phase) % max;
		if (sec <= now_usec / usec_per_sec)
			sec += max;
	}
	return sec * usec_per_sec;
}

void schedule_next(struct daemon_path *path)
{
	schedule_at(path, schedule_next_usec(path, daemon_now_usec(path->inventory->daemon)));
}

void schedule_retry(struct daemon_path *path)
{
	schedule_at(path,
		    daemon_now_usec(path->inventory->daemon) + SCHEDULE_RETRY_SEC * usec_per_sec);
}

void schedule_end_round(const struct daemon_path *path)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (map && map->prio_asking == path->path.id)
		map->prio_asking = 0;
}

void schedule_check(struct daemon_path *path)
{
	uint64_t now = daemon_now_usec(path->inventory->daemon);
	struct questions questions;
	struct check_job *job;

	if (path->job) {
		path->check_now = true;
		return;
	}
	if (path->path.checker_disabled || !path->checker)
		return;
	questions = questions_ask(path, now);
	job = questions_make_job(path, &questions, now);
	if (!job) {
		log_warning("%s: not checked: out of memory", mp_path_name(&path->path));
		schedule_at(path, now + SCHEDULE_RETRY_SEC * usec_per_sec);
		return;
	}
	if (questions.priority_of_all) {
		struct daemon_map *map = daemon_map_of(path->path.map);

		map->prio_asking = path->path.id;
		map->prio_asked_usec = now;
	}
	path->job = job;
	path->ask_again = false;
	checks_begin(job, lane_of_checks(&path->path.identity),
		     questions_timeout_sec(path) * usec_per_sec);
	schedule_at(path, now + SCHEDULE_PENDING_SEC * usec_per_sec);
}

int schedule_start(struct daemon_path *path)
{
	const struct mp_process_settings *process = path->inventory->process;

	path->path.interval_sec = process->polling_interval_sec;
	path->answered_state = MP_PATH_UNCHECKED;
	if (path->path.init == MP_INIT_MISSING_UDEV) {
		path->answered = true; /* nothing waits for it */
		return schedule_at(path, daemon_now_usec(path->inventory->daemon) +
						 process->retrigger_delay_sec * usec_per_sec);
	}
	/* Allocated now, so that long-lived objects are kept apart from the burst of first jobs. */
	schedule_at(path,
		    daemon_now_usec(path->inventory->daemon) + SCHEDULE_PENDING_SEC * usec_per_sec);
	awaited_begin(path);
	if (!path->inventory->options.check) {
		awaited_note_answer(path);
		return 0;
	}
	if (!path->inventory->daemon->enumerating)
		schedule_check(path);
	return 0;
}

void schedule_start_late(struct daemon_path *path)
{
	if (path->inventory->options.check && !path->answered && !path->job)
		schedule_check(path);
}

void schedule_now(struct daemon_path *path)
{
	if (path->inventory->options.check)
		schedule_check(path);
}

void schedule_ask_again(struct daemon_path *path)
{
	path->proven_usec = 0;
	path->ask_again = true;
	if (!path->inventory->options.check || path->path.checker_disabled ||
	    path->path.init != MP_INIT_OK)
		return;
	awaited_again(path);
	path->asked_before |= path->job && !path->answered;
	schedule_check(path);
}

void schedule_doubt(struct daemon_path *path)
{
	loads_doubt(path);
	schedule_ask_again(path);
}

void schedule_reopen(struct daemon_path *path)
{
	if (path->job || path->fd < 0)
		return;
	descriptors_close(path->inventory->daemon, path->fd, lane_of_path(&path->path.identity));
	path->fd = -1;
}

void schedule_stop(struct daemon_path *path)
{
	schedule_end_round(path);
	awaited_forget(path);
	samples_stop(path);
	waiters_answer(path, "fail\n");
	agenda_clear(&path->due);
	if (path->job) {
		/* The hanging call still needs the descriptor. */
		checks_abandon(path->job);
		path->job = NULL;
	} else if (path->fd >= 0 &&
		   path->inventory->daemon->state !=
			   DAEMON_SHUTDOWN) { /* or the process exits, which closes it */
		descriptors_close(path->inventory->daemon, path->fd,
				  lane_of_path(&path->path.identity));
	}
	path->fd = -1;
}
