/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/schedule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "checkers/checker.h"
#include "kernel/nvme_id.h"
#include "kernel/scsi.h"
#include "kernel/vpd.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/reservations.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/samples.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "prioritizers/prioritizer.h"

enum {
	TIMEOUT_DEFAULT_SEC = 30,
	PROVE_EVERY_SEC = 60, /* the WWID of an active path is read again at this interval */
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

/*
 * The name that the device must report. Return: true if it was reported by the device, or by udev
 * from the same page.
 */
static bool path_expected_name(const struct daemon_path *path, const char **name)
{
	*name = daemon_path_proof(path);
	if (*name)
		return true;
	*name = path->named ? path->named : path->path.identity.wwid;
	if (mp_protocol_is_nvme(path->path.identity.protocol))
		return mp_nvme_is_name(*name);
	return mp_protocol_is_scsi(path->path.identity.protocol) && mp_vpd_is_name(*name);
}

void schedule_end_wait(struct daemon_path *path)
{
	if (path->answered)
		return;
	path->answered = true;
	path->inventory->unanswered--;
	if (path->path.map)
		maps_touch(daemon_map_of(path->path.map), "path added");
	else if (!path->inventory->unanswered)
		inventory_wake(path->inventory);
}

void schedule_note_answer(struct daemon_path *path)
{
	if (!path->asked_before)
		schedule_end_wait(path);
}

void schedule_end_round(const struct daemon_path *path)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (map && map->prio_asking == path->path.id)
		map->prio_asking = 0;
}

/*
 * Answer the clients that wait for its reinstatement. @reply: NULL: the result of the message to
 * the kernel
 */
void schedule_answer_waiters(struct daemon_path *path, const char *reply)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &path->waiters, in_waiters) {
		cds_list_del(&waiter->in_waiters);
		if (reply)
			daemon_reply(path->inventory->daemon, waiter->request, reply);
		else
			orders_send(daemon_map_of(path->path.map),
				    mp_order_reinstate_path(path->path.identity.devt),
				    waiter->request);
		free(waiter);
	}
}

void schedule_give_up_all(struct daemon *daemon)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all) {
		daemon_path_of(path)->asked_before = false;
		schedule_note_answer(daemon_path_of(path));
	}
}

/* Its map's table waits for the answer, as at startup. */
static void path_await(struct daemon_path *path)
{
	if (!path->answered || !mp_path_state_is_active(path->answered_state))
		return;
	path->answered = false;
	path->inventory->unanswered++;
}

void schedule_await_priority(struct daemon_path *path)
{
	if (!path->inventory->options.check || path->path.checker_disabled ||
	    path->path.init != MP_INIT_OK || !mp_path_state_is_active(path->answered_state))
		return;
	path->path.priority = MP_PRIORITY_UNDEF;
	path->asked_before = path->job;
	path_await(path);
}

static bool path_wants_priority(const struct daemon_path *path, uint64_t now_usec)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (!path->prioritizer || !map || mp_path_state_is_bad(path->answered_state))
		return path->prioritizer && map && path->path.priority == MP_PRIORITY_UNDEF;
	if (!path->prioritizer->derive || path->path.identity.tpg < 0 || path->asks_itself ||
	    path->path.priority == MP_PRIORITY_UNDEF)
		return true;
	/* One path of the map asks for all of them. */
	return !map->prio_asking &&
	       map->prio_asked_usec + path->path.interval_sec * usec_per_sec / 2 <= now_usec;
}

unsigned schedule_timeout_sec(const struct daemon_path *path)
{
	if (path->settings.checker_timeout_sec)
		return path->settings.checker_timeout_sec;
	if (path->path.identity.timeout_sec)
		return path->path.identity.timeout_sec;
	return TIMEOUT_DEFAULT_SEC;
}

struct schedule_questions schedule_ask(const struct daemon_path *path, uint64_t now_usec)
{
	const struct mp_path_settings *settings = &path->settings;
	const struct mp_identity *identity = &path->path.identity;
	bool is_scsi = mp_protocol_is_scsi(identity->protocol), again = path->ask_again;
	struct schedule_questions questions = {
		.proof = !mp_path_is_proven(&path->path) || !path->proven_usec ||
			 settings->recheck_wwid ||
			 path->proven_usec + PROVE_EVERY_SEC * usec_per_sec <= now_usec,
		.ana = (identity->ana == MP_TOLD_UNKNOWN || again) && settings->detect_prio &&
		       mp_protocol_is_nvme(identity->protocol),
		.rdac = (identity->rdac == MP_TOLD_UNKNOWN || again) && settings->detect_checker &&
			is_scsi &&
			(!settings->hardware_checker ||
			 !strcmp(settings->hardware_checker, "rdac")),
		.rdac_if_listed = !settings->hardware_checker,
		.priority = path_wants_priority(path, now_usec),
	};

	if (is_scsi && (!identity->vpd_data[0] || again))
		questions.vpd_vendor = settings->vpd_vendor;
	questions.certain = path_expected_name(path, &questions.known);
	questions.priority_of_all = questions.priority && path->prioritizer->derive &&
				    !path->asks_itself;
	reservation_check_prepare(&questions.reservation, path);
	questions.proof |= questions.reservation.wanted;
	return questions;
}

/* Return: 0 or -ENOMEM. */
static int job_copy_texts(struct check_job *job, const struct daemon_path *path,
			  const struct schedule_questions *questions)
{
	job->known = strdup(questions->known);
	job->dir = strdup(path->dir);
	if (!job->known || !job->dir)
		return -ENOMEM;
	if (!questions->priority)
		return 0;
	job->prioritizer = path->prioritizer;
	job->prio_args = strdup(path->settings.prio_args);
	if (!job->prio_args)
		return -ENOMEM;
	if (!path->prioritizer->reads_identity)
		return 0;
	job->identity = mp_path_identity_clone(&path->path.identity);
	return job->identity ? 0 : -ENOMEM;
}

/* Return: NULL without memory. */
static struct check_job *path_make_job(const struct daemon_path *path,
				       const struct schedule_questions *questions,
				       uint64_t now_usec)
{
	struct check_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->daemon = path->inventory->daemon;
	job->knock_fd = -1;
	job->detour_lane = lane_of_path(&path->path.identity);
	job->path_id = path->path.id;
	job->tpg = path->path.identity.tpg;
	job->tpgs = path->path.identity.tpgs;
	job->rdac = -ENODATA;
	job->ana = -ENODATA;
	job->begun_usec = now_usec;
	job->devt = path->path.identity.devt;
	job->protocol = path->path.identity.protocol;
	job->timeout_msec = schedule_timeout_sec(path) * 1000;
	job->checker = path->checker;
	job->check.fd = path->fd;
	job->check.kept = path->checker_kept;
	job->check.timeout_msec = job->timeout_msec;
	job->epoch = path->path.epoch;
	job->want_proof = questions->proof;
	job->ask_ana = questions->ana;
	job->ask_rdac = questions->rdac;
	job->rdac_if_listed = questions->rdac_if_listed;
	job->vpd_vendor = questions->vpd_vendor;
	job->reservation = questions->reservation;
	job->certain = questions->certain;
	mp_probe_node(path->path.identity.name, job->node, sizeof(job->node));
	if (job_copy_texts(job, path, questions) < 0) {
		check_job_free(job);
		return NULL;
	}
	return job;
}

void schedule_check(struct daemon_path *path)
{
	uint64_t now = daemon_now_usec(path->inventory->daemon);
	struct schedule_questions questions;
	struct check_job *job;

	if (path->job) {
		path->check_now = true;
		return;
	}
	if (path->path.checker_disabled || !path->checker)
		return;
	questions = schedule_ask(path, now);
	job = path_make_job(path, &questions, now);
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
		     schedule_timeout_sec(path) * usec_per_sec);
	schedule_at(path, now + SCHEDULE_PENDING_SEC * usec_per_sec);
}

int schedule_start(struct daemon_path *path)
{
	const struct mp_process_settings *process = path->inventory->process;

	path->path.interval_sec = process->polling_interval_sec;
	path->answered_state = MP_PATH_UNCHECKED;
	if (path->path.init == MP_INIT_MISSING_UDEV) {
		path->answered = true; /* nobody waits for it */
		return schedule_at(path, daemon_now_usec(path->inventory->daemon) +
						 process->retrigger_delay_sec * usec_per_sec);
	}
	/* Allocated now, so that long-lived objects are kept apart from the burst of first jobs. */
	schedule_at(path,
		    daemon_now_usec(path->inventory->daemon) + SCHEDULE_PENDING_SEC * usec_per_sec);
	path->inventory->unanswered++;
	if (!path->inventory->options.check) {
		schedule_note_answer(path);
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

void schedule_soon(struct daemon_path *path)
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
	path_await(path);
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
	if (!path->answered && path->path.init != MP_INIT_MISSING_UDEV) {
		path->answered = true;
		path->inventory->unanswered--;
	}
	samples_stop(path);
	schedule_answer_waiters(path, "fail\n");
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
