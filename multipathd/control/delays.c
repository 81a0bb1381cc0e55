/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/delays.h"

#include "base/log.h"
#include "multipathd/control/answers.h"
#include "multipathd/control/awaited.h"
#include "multipathd/control/questions.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/states.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

static const uint64_t usec_per_sec = 1000000;
static const uint64_t due_accuracy_usec = 500000; /* of the agenda */

enum delay delays_judge(const struct daemon_path *path, uint64_t now_usec, enum delay_queue queue)
{
	uint64_t deadline = path->job->begun_usec + questions_timeout_sec(path) * usec_per_sec;

	if (path->path.checker_disabled)
		return DELAY_IGNORED;
	/*
	 * At startup all paths are checked at once, and later many are: checks that still wait for
	 * their turn are not overdue.
	 */
	if (queue == DELAY_QUEUE_WAITS)
		return DELAY_QUEUED;
	if (now_usec + due_accuracy_usec < deadline)
		return DELAY_PENDING;
	/* Its own device has not been asked: other hanging devices are no reason to fail it. */
	return queue == DELAY_QUEUE_HELD_UP ? DELAY_HELD_UP : DELAY_TIMEOUT;
}

static enum delay_queue delays_find_queue(const struct daemon_path *path)
{
	const struct daemon *daemon = path->inventory->daemon;
	const struct work *work = &path->job->work;

	if (!pool_has_begun(work) &&
	    (daemon->configure_timer || pool_awaits_turn(daemon->pool, work)))
		return DELAY_QUEUE_WAITS;
	return pool_lacks_places(daemon->pool, work) ? DELAY_QUEUE_HELD_UP : DELAY_QUEUE_BEGUN;
}

static void delays_show_pending(struct daemon_path *path)
{
	if (path->path.state == MP_PATH_PENDING)
		return;
	log_line(path->answered ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
		 "%s: no answer from the checker yet", mp_path_name(&path->path));
	path->path.state = MP_PATH_PENDING;
	path->path.was_active = mp_path_state_is_active(path->answered_state);
	awaited_end(path);
	if (path->path.map)
		states_changed(daemon_map_of(path->path.map), &(struct path_news){ .which = path });
}

void delays_on_overdue(struct daemon_path *path)
{
	uint64_t now = daemon_now_usec(path->inventory->daemon);
	enum delay delay = delays_judge(path, now, delays_find_queue(path));

	if (delay != DELAY_IGNORED && delay != DELAY_QUEUED)
		schedule_end_round(path);
	switch (delay) {
	case DELAY_IGNORED:
		break;
	case DELAY_QUEUED:
	case DELAY_HELD_UP:
		schedule_at(path, now + SCHEDULE_PENDING_SEC * usec_per_sec);
		break;
	case DELAY_PENDING:
		delays_show_pending(path);
		schedule_at(path,
			    path->job->begun_usec + questions_timeout_sec(path) * usec_per_sec);
		break;
	case DELAY_TIMEOUT:
		answers_time_out(path);
		/*
		 * No second job is started while the first one hangs: the next event is its answer.
		 */
		agenda_clear(&path->due);
		path->path.next_check_usec = 0;
		break;
	}
}
