/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/answers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "checkers/checker.h"
#include "kernel/nvme_id.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/vpd.h"
#include "model/proof.h"
#include "model/transition.h"
#include "multipathd/control/discovery.h"
#include "multipathd/control/geoms.h"
#include "multipathd/control/health.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/reservations.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/states.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/tuning.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "prioritizers/prioritizer.h"

static const uint64_t usec_per_sec = 1000000;
static const uint64_t due_accuracy_usec = 500000; /* of the agenda */

static void path_tell_kernel(struct daemon_path *path, const char *verb, uint64_t request)
{
	orders_send_path(daemon_map_of(path->path.map), verb, path->path.identity.devt, request);
}

/* Every path of a map that the answer of one tells about. */
static bool path_take_priority(struct daemon_path *path, struct check_job *job)
{
	struct mp_map *map = path->path.map;
	bool changed = false;
	struct mp_path *other;
	int priority;

	if (!job->prioritizer)
		return false;
	if (map && daemon_map_of(map)->prio_asking == path->path.id)
		daemon_map_of(map)->prio_asking = 0;
	if (job->prioritizer != path->prioritizer || path->asked_before)
		return false;
	if (!mp_path_state_is_active(job->check.state) || !job->prio)
		return false;

	priority = job->priority < 0 ? MP_PRIORITY_UNDEF : job->priority;
	changed = path->path.priority != priority;
	path->path.priority = priority;
	path->path.priority_is_old = false;
	if (!map || job->priority < 0 || !job->prioritizer->derive)
		return changed;

	cds_list_for_each_entry(other, &map->paths, in_map) {
		if (other == &path->path || daemon_path_of(other)->prioritizer != job->prioritizer)
			continue;
		priority = job->prioritizer->derive(job->prio, &other->identity,
						    daemon_path_of(other)->settings.prio_args);
		/* its target port group was not in the answer */
		daemon_path_of(other)->asks_itself = priority < 0;
		if (priority >= 0 && mp_path_state_is_active(other->state))
			other->priority_is_old = false;
		if (priority >= 0 && priority != other->priority) {
			other->priority = priority;
			changed = true;
		}
	}
	return changed;
}

/* What another path of the map told, if udev has a name of another kind for the map. */
static const char *path_sibling_proof(const struct daemon_path *path)
{
	struct mp_map *map = path->path.map;
	struct mp_path *other;

	if (map && !daemon_map_of(map)->kind->paths_by_table)
		cds_list_for_each_entry(other, &map->paths, in_map)
			if (other != &path->path && daemon_path_proof(daemon_path_of(other)) &&
			    mp_path_is_proven(other))
				return daemon_path_proof(daemon_path_of(other));
	return NULL;
}

static enum mp_verdict path_judge_proof(struct daemon_path *path, const struct check_job *job,
					const char **expected)
{
	const struct mp_identity *identity = &path->path.identity;
	char page[MP_WWID_SIZE];
	struct mp_statement statement = {
		.error = job->proof_error,
		.told = job->proof,
		.known = job->known,
		.certain = job->certain,
	};

	*expected = job->known;
	if (!job->certain && job->proof_error >= 0 && strcmp(job->proof, job->known)) {
		statement.sibling = path_sibling_proof(path);
		if (mp_probe_page_wwid(&mp_roots_system, identity->protocol, path->dir, page) == 0)
			statement.page = page;
		if (statement.sibling)
			*expected = statement.sibling;
	}
	return mp_proof_judge(&statement);
}

/* The name of the map was told: what another path told is no other way to spell it. */
static void path_refute_others(struct daemon_path *path)
{
	const char *proof = daemon_path_proof(path);
	struct mp_path *other;

	if (!proof || strcmp(proof, path->path.identity.wwid) ||
	    daemon_map_of(path->path.map)->kind->paths_by_table)
		return;
	cds_list_for_each_entry(other, &path->path.map->paths, in_map) {
		struct daemon_path *sibling = daemon_path_of(other);

		if (other->wrong_wwid || !sibling->proof || !strcmp(sibling->proof, proof) ||
		    strcmp(other->identity.wwid, path->path.identity.wwid))
			continue;
		free(sibling->proof);
		sibling->proof = NULL;
		schedule_doubt(sibling);
	}
}

static void path_is_proven_now(struct daemon_path *path, const struct check_job *job)
{
	struct mp_map *map = path->path.map;
	struct mp_path *other;

	path->proven_usec = daemon_now_usec(path->inventory->daemon);
	path->path.proven_epoch = job->epoch;
	path->stays = false;
	if (!daemon_path_proof(path) && job->proof)
		discovery_told_proof(path, job->proof);
	if (map) {
		cds_list_for_each_entry(other, &map->paths, in_map)
			if (daemon_path_of(other)->stays)
				schedule_soon(daemon_path_of(other));
		path_refute_others(path);
	}
	if (path->path.wrong_wwid) {
		log_notice("%s: leads to its own LUN again", mp_path_name(&path->path));
		path->path.wrong_wwid = false;
		if (map)
			maps_touch(daemon_map_of(map), "a path leads to its own LUN again");
	}
}

/*
 * The device said what it is, or did not. Return: false if it is another LUN than it was found as.
 */
static bool path_take_proof(struct daemon_path *path, const struct check_job *job)
{
	const char *expected;

	if (!job->want_proof || !mp_path_state_is_active(job->check.state))
		return !path->path.wrong_wwid;
	switch (path_judge_proof(path, job, &expected)) {
	case MP_VERDICT_HOLDS:
		path_is_proven_now(path, job);
		return true;
	case MP_VERDICT_MISSING:
		/* It says itself that something has changed, and not what. */
		if (job->check.identity_changed)
			loads_doubt(path);
		return !path->path.wrong_wwid;
	case MP_VERDICT_WRONG:
		break;
	}
	if (!path->path.wrong_wwid)
		discovery_wrong_wwid(path, job->proof ? job->proof : "nothing that has a WWID",
				     expected);
	return false;
}

/* Return: may it serve, although it has not said what it is? */
static bool path_stays(struct daemon_path *path)
{
	const struct mp_map *map = path->path.map;

	if (!map || mp_path_state_is_bad(path->answered_state) ||
	    !mp_proof_may_stay(&path->path, map))
		return false;
	if (!path->stays)
		log_warning(
			"%s: %s does not answer INQUIRY, nor does any other path of the map: it keeps its I/O until it fails",
			map->name, mp_path_name(&path->path));
	path->stays = true;
	return true;
}

/* The one place where an answer becomes a path's state. */
static void path_take_state(struct daemon_path *path, enum mp_path_state answer,
			    const char *message, bool newly_proven, bool priorities_changed)
{
	struct mp_map *map = path->path.map;
	enum mp_path_state old = path->answered_state;
	const struct mp_process_settings *process = path->inventory->process;
	bool in_map = map && map->kernel.exists &&
		      mp_table_find(&map->kernel.table, path->path.identity.devt);
	bool first = !path->answered && old == MP_PATH_UNCHECKED;
	struct mp_transition t;

	answer = health_judge(path, answer);
	t = mp_transition_make(old, answer, path->path.dm_state, in_map,
			       mp_path_is_proven(&path->path));
	path->path.checked_usec = daemon_now_usec(path->inventory->daemon);
	path->answered_state = t.state;
	if (mp_path_state_is_bad(t.state)) {
		path->registered_key = 0; /* other hosts may preempt it meanwhile */
		loads_doubt(path);
	}
	path->path.state = answer == MP_PATH_PENDING ? MP_PATH_PENDING : t.state;
	path->path.interval_sec = mp_interval_next(path->path.interval_sec, &t,
						   process->polling_interval_sec,
						   process->max_polling_interval_sec);

	if (t.fail)
		path_tell_kernel(path, "fail_path", 0);
	if (t.reinstate && !geoms_is_foreign(path) && !health_awaits_table(path)) {
		if (cds_list_empty(&path->waiters))
			path_tell_kernel(path, "reinstate_path", 0);
		schedule_answer_waiters(path, NULL);
	}
	if (answer != MP_PATH_PENDING)
		schedule_answer_waiters(path, "ok\n");
	if (t.fail && path->path.dm_state == MP_DM_ACTIVE && mp_path_state_is_bad(answer))
		health_failed(path);
	if (t.count_failure && map)
		map->stats.path_faults++;
	if (t.changed && !first)
		states_log(path, old, message);
	else if (mp_path_state_is_bad(answer))
		log_line(process->log_checker_err_once && !first ? LOG_LEVEL_INFO :
								   LOG_LEVEL_NOTICE,
			 "%s: %s%s%s", mp_path_name(&path->path), mp_path_state_name(answer),
			 message[0] ? ": " : "", message);

	schedule_note_answer(path);
	if (mp_path_state_is_active(t.state) && (t.came_up || first))
		geoms_on_up(path);
	/* While it could not be opened, the table was made without it, or not at all. */
	if (t.came_up)
		tuning_repeat(path);
	if (map && (t.came_up || newly_proven) && mp_path_is_proven(&path->path) &&
	    (!in_map || daemon_map_of(map)->awaits_proof))
		maps_touch(daemon_map_of(map), "a path that the kernel does not use is up");
	if (map && (t.changed || priorities_changed || first))
		states_changed(daemon_map_of(map), t.came_up, t.went_down, path);
	if (t.retry_at_once)
		schedule_retry(path);
	else
		schedule_next(path);
}

/*
 * Something has happened since the check began. Not before its turn, if that was a failure that the
 * kernel saw.
 */
static void path_check_again(struct daemon_path *path)
{
	path->check_now = false;
	path->asked_before = false;
	if (path->earliest_usec > daemon_now_usec(path->inventory->daemon))
		schedule_at(path, path->earliest_usec);
	else
		schedule_check(path);
}

/* What the device told besides its state and its name. */
static void path_take_facts(struct daemon_path *path, const struct check_job *job)
{
	if (job->rdac >= 0 || job->ana >= 0)
		discovery_told_kind(path, job->rdac, job->ana);
	if (job->vpd_text)
		discovery_told_vpd_data(path, job->vpd_text);
	if (path->checker == job->checker)
		path->checker_kept = job->check.kept;
	path->path.identity.offline = job->offline;
	if (job->tpg >= 0)
		path->path.identity.tpg = job->tpg;
	discovery_told_read_only(path, job->told_read_only ? job->read_only :
							     path->path.identity.read_only);
}

void answers_take(struct check_job *job)
{
	struct daemon_path *path =
		job->abandoned ? NULL : paths_find_id(&job->daemon->inventory, job->path_id);
	enum mp_path_state state = job->check.state;
	const struct mp_prioritizer *chosen;
	struct daemon_map *map;
	bool priorities_changed, was_proven;

	if (!path) {
		job->abandoned = true;
		check_job_free(job);
		return;
	}
	path->job = NULL;
	path->fd = job->check.fd;
	chosen = path->prioritizer;
	was_proven = mp_path_is_proven(&path->path);
	path_take_facts(path, job);
	map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (job->work.skipped) {
		/* Its lane hung so long that it was never asked. */
		if (map && map->prio_asking == path->path.id)
			map->prio_asking = 0;
		schedule_retry(path);
		check_job_free(job);
		return;
	}

	if (path->path.checker_disabled) {
		/* The operator failed it while it was asked. */
		if (map && map->prio_asking == path->path.id)
			map->prio_asking = 0;
		schedule_note_answer(path);
		check_job_free(job);
		return;
	}

	path->path.silent = false;
	if (!path_take_proof(path, job)) {
		/* Alive, but not ours: for its map it is as good as dead. */
		state = MP_PATH_DOWN;
		snprintf(job->check.message, sizeof(job->check.message), "leads to another LUN");
		schedule_answer_waiters(path, "fail\n");
	} else if (mp_path_state_is_active(state) && job->epoch != path->path.epoch) {
		/* What has happened since it began is not known to its answer. */
		if (map && map->prio_asking == path->path.id)
			map->prio_asking = 0;
		path_check_again(path);
		check_job_free(job);
		return;
	} else if (mp_path_state_is_active(state) && !mp_path_is_proven(&path->path) &&
		   !path_stays(path)) {
		state = MP_PATH_DOWN;
		path->path.silent = true;
		snprintf(job->check.message, sizeof(job->check.message),
			 "it does not say which LUN it is: %s: %s",
			 mp_protocol_is_nvme(job->protocol) ? "Identify" : "INQUIRY",
			 strerror(-job->proof_error));
		schedule_answer_waiters(path, "fail\n");
	} else if (state == MP_PATH_PENDING && job->offline) {
		loads_doubt(path); /* its connection is gone, and may come back as another one */
	}
	if (!path->path.identity.wwid[0] && path->path.init == MP_INIT_FAILED && path->proof &&
	    strncmp(path->proof, MP_SCSI_SERIAL_NAME, strlen(MP_SCSI_SERIAL_NAME)) &&
	    mp_probe_has_fallback(path->path.identity.protocol, path->settings.uid_attribute)) {
		uint64_t id = path->path.id;

		discovery_told_wwid(path, path->proof);
		path = paths_find_id(&job->daemon->inventory, id);
		if (!path) {
			check_job_free(job);
			return;
		}
	}
	if (mp_path_state_is_active(state)) {
		const char *reason = reservation_check_take(&job->reservation, path);

		if (reason) {
			state = MP_PATH_DOWN;
			snprintf(job->check.message, sizeof(job->check.message), "%s", reason);
		}
	}
	if (job->prioritizer && job->prioritizer == path->prioritizer &&
	    mp_path_state_is_active(job->check.state))
		discovery_told_priority(path, job->priority);
	priorities_changed = path_take_priority(path, job);
	/* Another one was chosen because of what the device told. */
	path->check_now |= path->prioritizer != chosen;
	if (state == MP_PATH_DISCONNECTED)
		discovery_disconnected(path);
	if (state == MP_PATH_WILD)
		log_notice("%s: checker %s cannot be used here: %s", mp_path_name(&path->path),
			   job->checker->name, strerror(-job->error));
	if (job->check.access_changed && map)
		map->prio_asked_usec = 0;
	path_take_state(path, state, job->check.message,
			!was_proven && mp_path_is_proven(&path->path), priorities_changed);
	if (path->check_now)
		path_check_again(path);
	check_job_free(job);
}

static void path_on_overdue(struct daemon_path *path)
{
	uint64_t now = daemon_now_usec(path->inventory->daemon);
	uint64_t deadline = path->job->begun_usec + schedule_timeout_sec(path) * usec_per_sec;
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (path->path.checker_disabled)
		return;
	/*
	 * At a start all ask at once, and later many do: those whose turn has not come are not
	 * overdue.
	 */
	if (!pool_has_begun(&path->job->work) &&
	    (path->inventory->daemon->configure_timer ||
	     pool_awaits_turn(path->inventory->daemon->pool, &path->job->work))) {
		schedule_at(path, now + SCHEDULE_PENDING_SEC * usec_per_sec);
		return;
	}
	/* Another path of the map is to be asked for priorities. */
	if (map && map->prio_asking == path->path.id)
		map->prio_asking = 0;

	if (now + due_accuracy_usec < deadline) {
		if (path->path.state != MP_PATH_PENDING) {
			log_line(path->answered ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG,
				 "%s: no answer from the checker yet", mp_path_name(&path->path));
			path->path.state = MP_PATH_PENDING;
			schedule_give_up(path);
			if (map)
				states_changed(map, false, false, path);
		}
		schedule_at(path, deadline);
		return;
	}
	/* Its own device has not been asked: that others hang is no reason to fail it. */
	if (pool_lacks_places(path->inventory->daemon->pool, &path->job->work)) {
		schedule_at(path, now + SCHEDULE_PENDING_SEC * usec_per_sec);
		return;
	}
	path_take_state(path, MP_PATH_TIMEOUT, "no answer in time", false, false);
	/* It has no second job while the first one hangs: the next event is its answer. */
	agenda_clear(&path->due);
	path->path.next_check_usec = 0;
}

void answers_on_due(struct agenda_entry *entry)
{
	struct daemon_path *path = caa_container_of(entry, struct daemon_path, due);

	if (path->path.init == MP_INIT_MISSING_UDEV || path->path.init == MP_INIT_REQUESTED_UDEV) {
		schedule_at(path,
			    daemon_now_usec(path->inventory->daemon) +
				    path->inventory->process->retrigger_delay_sec * usec_per_sec);
		discovery_on_missing_udev(path);
	} else if (path->job) {
		path_on_overdue(path);
	} else {
		schedule_check(path);
	}
}

int answers_reinstate(struct daemon_path *path, uint64_t request)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->request = request;
	cds_list_add_tail(&waiter->in_map, &path->waiters);
	health_forgive(path);
	loads_doubt(path);
	path->path.checker_disabled = false;
	path->answered_state = MP_PATH_UNCHECKED;
	path->path.state = MP_PATH_UNCHECKED;
	path->earliest_usec = 0;
	schedule_check(path);
	return 0;
}
