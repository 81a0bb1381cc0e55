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
#include "multipathd/control/awaited.h"
#include "multipathd/control/told.h"
#include "multipathd/control/fabric.h"
#include "multipathd/control/health.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/reservations.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/states.h"
#include "multipathd/control/tastings.h"
#include "multipathd/control/waiters.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/tuning.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "prioritizers/prioritizer.h"

/*
 * Return: the priority that @path has now, after @job, which asked for it.
 *
 * While the access state changes, the old priority holds, as that of a path whose check is pending:
 * the kernel holds its I/O back until the new state is known, and a switch to another group would
 * ask the target for yet another state.
 */
static int answers_find_priority(const struct daemon_path *path, const struct check_job *job)
{
	if (job->priority < 0)
		return MP_PRIORITY_UNDEF;
	if (job->prio->transitioning && path->path.priority != MP_PRIORITY_UNDEF)
		return path->path.priority;
	return job->priority;
}

/* The table of its map may have waited for it. */
static void answers_end_waiting(struct mp_path *path)
{
	if (!path->priority_awaited)
		return;
	path->priority_awaited = false;
	if (path->map)
		maps_touch(daemon_map_of(path->map), "a path's priority is known");
}

/* One answer may report the priority of every path of the map. Return: true if one has changed. */
static bool answers_take_priority(struct daemon_path *path, struct check_job *job)
{
	struct mp_map *map = path->path.map;
	bool changed = false;
	struct mp_path *other;
	int priority;

	if (!job->prioritizer)
		return false;
	schedule_end_round(path);
	if (job->prioritizer != path->prioritizer || path->asked_before)
		return false;
	if (!mp_path_state_is_active(job->check.state) || !job->prio)
		return false;

	priority = answers_find_priority(path, job);
	changed = path->path.priority != priority;
	path->path.priority = priority;
	path->path.priority_is_old = false;
	answers_end_waiting(&path->path);
	if (!map || job->priority < 0 || !job->prioritizer->derive)
		return changed;

	cds_list_for_each_entry(other, &map->paths, in_map) {
		if (other == &path->path || daemon_path_of(other)->prioritizer != job->prioritizer)
			continue;
		priority = job->prioritizer->derive(job->prio, &other->identity,
						    daemon_path_of(other)->settings.prio_args);
		if (priority == -EAGAIN)
			continue;
		/* its target port group was not in the answer */
		daemon_path_of(other)->asks_itself = priority < 0;
		if (priority >= 0 && mp_path_state_is_active(other->state))
			other->priority_is_old = false;
		if (priority >= 0 && priority != other->priority) {
			other->priority = priority;
			changed = true;
		}
		if (priority >= 0)
			answers_end_waiting(other);
	}
	return changed;
}

/* What another path of the map reported; NULL: none has, or udev names its map another way. */
static const char *answers_sibling_proof(const struct daemon_path *path)
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

static enum mp_proof_verdict answers_judge_proof(const struct daemon_path *path,
						 const struct check_job *job, const char **expected)
{
	struct mp_statement statement = {
		.error = job->proof_error,
		.told = job->proof,
		.known = job->known,
		.certain = job->certain,
	};

	*expected = job->known;
	if (!job->certain && job->proof_error >= 0 && strcmp(job->proof, job->known)) {
		statement.sibling = answers_sibling_proof(path);
		statement.page = job->page;
		if (statement.sibling)
			*expected = statement.sibling;
	}
	return mp_proof_judge(&statement);
}

static void answers_judge_lun(const struct daemon_path *path, const struct check_job *job,
			      struct answer *answer)
{
	if (!job->want_proof || !mp_path_state_is_active(job->check.state))
		return;
	switch (answers_judge_proof(path, job, &answer->expected)) {
	case MP_PROOF_HOLDS:
		answer->lun = ANSWER_LUN_SAME;
		break;
	case MP_PROOF_MISSING:
		/* The device reports that something has changed, but not what. */
		answer->doubt = job->check.identity_changed;
		break;
	case MP_PROOF_WRONG:
		answer->lun = ANSWER_LUN_OTHER;
		break;
	}
}

static bool answers_may_stay(const struct daemon_path *path)
{
	return path->path.map && !mp_path_state_is_bad(path->answered_state) &&
	       mp_proof_may_stay(&path->path, path->path.map);
}

struct answer answers_judge(const struct daemon_path *path, const struct check_job *job)
{
	struct answer answer = { .use = ANSWER_COUNTS, .state = job->check.state };
	bool active = mp_path_state_is_active(answer.state);

	if (job->work.skipped) {
		answer.use = ANSWER_UNASKED;
		return answer;
	}
	if (path->path.checker_disabled) {
		answer.use = ANSWER_UNWANTED;
		return answer;
	}
	answers_judge_lun(path, job, &answer);
	if (answer.lun == ANSWER_LUN_OTHER ||
	    (answer.lun == ANSWER_LUN_UNSAID && path->path.wrong_wwid)) {
		/* It works, but is not a path of this LUN: for its map it is as good as dead. */
		answer.fault = ANSWER_ASTRAY;
		answer.state = MP_PATH_DOWN;
	} else if (active && (answer.doubt || job->epoch != path->path.epoch)) {
		answer.use = ANSWER_OUTDATED;
	} else if (active && answer.lun == ANSWER_LUN_UNSAID && !mp_path_is_proven(&path->path)) {
		answer.stays = answers_may_stay(path);
		if (!answer.stays) {
			answer.fault = ANSWER_SILENT;
			answer.state = MP_PATH_DOWN;
		}
	} else if (answer.state == MP_PATH_PENDING && job->offline) {
		answer.doubt =
			true; /* its connection is gone, and may lead elsewhere when it returns */
	}
	return answer;
}

struct answer_effects answers_weigh(const struct daemon_path *path, enum mp_path_state answer,
				    bool newly_proven, bool priorities_changed)
{
	const struct mp_map *map = path->path.map;
	const struct mp_process_settings *process = path->inventory->process;
	bool in_map = map && map->kernel.exists &&
		      mp_table_find(&map->kernel.table, path->path.identity.devt);
	bool first = !path->answered && path->answered_state == MP_PATH_UNCHECKED;
	bool proven = mp_path_is_proven(&path->path);
	const struct mp_transition t = mp_transition_make(path->answered_state, answer,
							  path->path.dm_state, in_map, proven);
	bool bad = mp_path_state_is_bad(t.state);
	struct answer_effects effects = {
		.answer = answer,
		.state = t.state,
		.shown = answer == MP_PATH_PENDING ? MP_PATH_PENDING : t.state,
		.interval_sec = mp_transition_next_interval(path->path.interval_sec, &t,
							    process->polling_interval_sec,
							    process->max_polling_interval_sec),
		.doubt = bad,
		.lost = t.fail && path->path.dm_state == MP_DM_ACTIVE &&
			mp_path_state_is_bad(answer),
		.count_failure = t.count_failure && map,
		.taste = mp_path_state_is_active(t.state) && (t.came_up || first),
		/* While it could not be opened, the table was loaded without it, or not at all. */
		.tune = t.came_up,
		.reconcile = map && (t.came_up || newly_proven) && proven && !bad &&
			     (!in_map || daemon_map_of(map)->awaits_proof),
		.regroup = map && (t.changed || priorities_changed || first),
		.came_up = t.came_up,
		.went_down = t.went_down,
		.retry = t.retry_at_once,
	};

	if (t.fail)
		effects.message = mp_order_fail_path;
	else if (t.reinstate && !path->geom_wrong_lun && !path->geom_unjudged &&
		 !health_awaits_table(path))
		effects.message = mp_order_reinstate_path;
	if (t.changed && !first)
		effects.report = ANSWER_REPORT_CHANGE;
	else if (mp_path_state_is_bad(answer) && (first || t.state == MP_PATH_DOWN))
		/* Of the states that are not up only this one is logged again, as log_checker_err
		 * says. */
		effects.report = path->inventory->options.lists_faults ||
						 (process->log_checker_err_once && !first) ?
					 ANSWER_REPORT_AGAIN :
					 ANSWER_REPORT_FAULT;
	if (path->waiters.next != &path->waiters && answer != MP_PATH_PENDING)
		effects.waiters = t.reinstate && effects.message ? ANSWER_WAITERS_ORDER :
								   ANSWER_WAITERS_OK;
	return effects;
}

/*
 * The device reported the map's own name, so what another path reported is not another spelling of
 * it.
 */
static void answers_refute_others(struct daemon_path *path)
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

static void answers_prove(struct daemon_path *path, const struct check_job *job)
{
	struct mp_map *map = path->path.map;
	struct mp_path *other;

	path->proven_usec = daemon_now_usec(path->inventory->daemon);
	path->path.proven_epoch = job->epoch;
	path->stays = false;
	if (!daemon_path_proof(path) && job->proof)
		told_proof(path, job->proof);
	if (map) {
		cds_list_for_each_entry(other, &map->paths, in_map)
			if (daemon_path_of(other)->stays)
				schedule_now(daemon_path_of(other));
		answers_refute_others(path);
	}
	if (path->path.wrong_wwid) {
		log_notice("%s: leads to its own LUN again", mp_path_name(&path->path));
		path->path.wrong_wwid = false;
		if (map)
			maps_touch(daemon_map_of(map), "a path leads to its own LUN again");
	}
}

/* Record what the device has reported about its identity. */
static void answers_identify(struct daemon_path *path, const struct check_job *job,
			     const struct answer *answer)
{
	if (answer->use != ANSWER_COUNTS)
		schedule_end_round(path);
	if (answer->use != ANSWER_COUNTS && answer->use != ANSWER_OUTDATED)
		return;
	if (answer->lun == ANSWER_LUN_SAME)
		answers_prove(path, job);
	else if (answer->lun == ANSWER_LUN_OTHER && !path->path.wrong_wwid)
		told_wrong_wwid(path, job->proof ? job->proof : "none", answer->expected);
	if (answer->doubt)
		loads_doubt(path);
	path->path.silent = answer->fault == ANSWER_SILENT;
	if (answer->stays && !path->stays)
		log_warning(
			"%s: no path of the map answers INQUIRY, %s stays in use until it fails",
			path->path.map->name, mp_path_name(&path->path));
	path->stays |= answer->stays;
}

/* Why a path that answers its checker is treated as failed; requests to reinstate it fail. */
static void answers_explain(struct daemon_path *path, struct check_job *job,
			    enum answer_fault fault)
{
	char *text = job->check.message;
	size_t size = sizeof(job->check.message);

	if (fault == ANSWER_NO_FAULT)
		return;
	if (fault == ANSWER_ASTRAY)
		snprintf(text, size, "leads to another LUN");
	else
		snprintf(text, size, "does not report its WWID: %s: %s",
			 mp_protocol_is_nvme(job->protocol) ? "Identify" : "INQUIRY",
			 strerror(-job->proof_error));
	waiters_answer(path, "fail\n");
}

/* The one place where an answer becomes a path's state. */
static void answers_apply(struct daemon_path *path, const struct answer_effects *effects,
			  const char *reason)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	enum mp_path_state old = path->answered_state;

	/* First of all, because I/O is waiting for it. */
	if (effects->waiters == ANSWER_WAITERS_ORDER)
		waiters_reinstate(path);
	else if (effects->message)
		orders_send(map, effects->message(path->path.identity.devt), 0);
	if (effects->waiters == ANSWER_WAITERS_OK)
		waiters_answer(path, "ok\n");

	path->path.checked_usec = daemon_now_usec(path->inventory->daemon);
	path->answered_state = effects->state;
	if (mp_path_state_is_bad(effects->answer))
		path->only_io_failed = false;
	path->path.state = effects->shown;
	path->path.was_active = mp_path_state_is_active(effects->state);
	path->path.interval_sec = effects->interval_sec;
	if (effects->doubt) {
		paths_doubt_registration(path);
		loads_doubt(path);
	}
	if (effects->lost && path->inventory->duties->on_failed)
		path->inventory->duties->on_failed(path);
	if (effects->count_failure)
		map->map.stats.path_faults++;
	if (effects->report == ANSWER_REPORT_CHANGE)
		states_log(path, old, reason);
	else if (effects->report)
		log_line(effects->report == ANSWER_REPORT_AGAIN ? LOG_LEVEL_INFO : LOG_LEVEL_NOTICE,
			 "%s: %s%s%s", mp_path_name(&path->path),
			 mp_path_state_name(effects->answer), reason[0] ? ": " : "", reason);

	awaited_note_answer(path);
	if (effects->taste)
		tastings_on_up(path);
	if (effects->tune && tuning_repeat(path) && map)
		maps_touch(map, "a path's port is back");
	if (effects->reconcile)
		maps_touch(map, "a path that the kernel does not use is up");
	if (effects->regroup)
		states_changed(map, &(struct path_news){ .came_up = effects->came_up,
							 .failed = effects->went_down,
							 .which = path });
	if (effects->retry)
		schedule_retry(path);
	else
		schedule_next(path);
}

static void answers_take_state(struct daemon_path *path, enum mp_path_state state,
			       const char *reason, bool newly_proven, bool priorities_changed)
{
	struct answer_effects effects;

	const struct duties *duties = path->inventory->duties;

	if (mp_path_state_is_active(state) && duties->on_good)
		state = duties->on_good(path, state);
	effects = answers_weigh(path, state, newly_proven, priorities_changed);
	answers_apply(path, &effects, reason);
}

/*
 * Something has happened since the check began: check again, but not early if that was a failure
 * that the kernel saw.
 */
static void answers_check_again(struct daemon_path *path)
{
	path->check_now = false;
	path->asked_before = false;
	if (path->earliest_usec > daemon_now_usec(path->inventory->daemon))
		schedule_at(path, path->earliest_usec);
	else
		schedule_check(path);
}

/*
 * The LUN refuses I/O until the path that was refused reports anything else, or another one that
 * owns the LUN has read from it.
 */
static void answers_take_refusal(const struct daemon_path *path, bool asked, bool refused)
{
	struct daemon_map *map;

	if (!path->path.map)
		return;
	map = daemon_map_of(path->path.map);
	if (refused)
		map->refused_path = path->path.id;
	else if (asked || map->refused_path == path->path.id)
		map->refused_path = 0;
}

/* What the device reported besides its state and name. */
static void answers_take_facts(struct daemon_path *path, const struct check_job *job)
{
	if (job->rdac >= 0 || job->ana >= 0)
		told_kind(path, job->rdac, job->ana);
	if (job->vpd_text)
		told_vpd_data(path, job->vpd_text);
	if (job->ask_port)
		fabric_take_reading(path, job->port, job->port_epoch);
	if (path->checker == job->checker)
		path->checker_kept = job->check.kept;
	/* If the check has not looked after that by itself, the next one does. */
	if (job->check.registration_removed)
		paths_doubt_registration(path);
	if (!job->work.skipped)
		answers_take_refusal(path, job->check.asked_lun, job->check.lun_refused);
	path->path.identity.offline = job->offline;
	if (job->tpg >= 0)
		path->path.identity.tpg = job->tpg;
	if (job->told_read_only && job->read_only != path->path.identity.read_only)
		told_read_only(path, job->read_only);
}

/* udev has not provided a WWID in time, and the device has reported one that may be used. */
static bool answers_name_path(const struct daemon_path *path)
{
	return !path->path.identity.wwid[0] && path->path.init == MP_INIT_FAILED && path->proof &&
	       strncmp(path->proof, MP_SCSI_SERIAL_NAME, strlen(MP_SCSI_SERIAL_NAME)) &&
	       mp_probe_has_fallback(path->path.identity.protocol, path->settings.uid_attribute);
}

/* Handle an answer that is discarded. Return: false if it is not. */
static bool answers_pass_over(struct daemon_path *path, enum answer_use use)
{
	switch (use) {
	case ANSWER_COUNTS:
		return false;
	case ANSWER_UNASKED:
		schedule_retry(path);
		break;
	case ANSWER_UNWANTED:
		awaited_note_answer(path);
		break;
	case ANSWER_OUTDATED:
		answers_check_again(path);
		break;
	}
	return true;
}

/* Record the prioritizer used and the priorities reported. Return: true if one has changed. */
static bool answers_take_priorities(struct daemon_path *path, struct check_job *job,
				    const struct mp_prioritizer *before)
{
	bool changed;

	if (job->priority < 0 && job->prioritizer && job->prioritizer == path->prioritizer &&
	    mp_path_state_is_active(job->check.state))
		told_priority(path, job->priority);
	changed = answers_take_priority(path, job);
	/* Another one was chosen because of what the device reported. */
	path->check_now |= path->prioritizer != before;
	if (job->check.access_changed && path->path.map)
		daemon_map_of(path->path.map)->prio_asked_usec = 0;
	return changed;
}

/* It becomes a path of the LUN that it has reported. Return: NULL if that ended the path. */
static struct daemon_path *answers_take_name(struct daemon_path *path)
{
	struct inventory *inventory = path->inventory;
	uint64_t id = path->path.id;

	if (!answers_name_path(path))
		return path;
	told_wwid(path, path->proof);
	return paths_find_id(inventory, id);
}

/*
 * A path that should be registered with the map's reservation key, and is not, gets no I/O. Return:
 * its state.
 */
static enum mp_path_state answers_take_registration(struct daemon_path *path, struct check_job *job,
						    enum mp_path_state state)
{
	const char *unregistered = NULL;

	if (mp_path_state_is_active(state))
		unregistered = reservation_check_take(&job->reservation, path);
	if (!unregistered)
		return state;
	snprintf(job->check.message, sizeof(job->check.message), "%s", unregistered);
	return MP_PATH_DOWN;
}

/*
 * Process all results of a check, for a path that still exists: what is known of the device first,
 * because the judgement depends on it, then its identity, and its state last.
 */
static void answers_take_all(struct daemon_path *path, struct check_job *job)
{
	const struct mp_prioritizer *chosen = path->prioritizer;
	bool was_proven = mp_path_is_proven(&path->path), priorities_changed;
	enum mp_path_state state;
	struct answer answer;

	answers_take_facts(path, job);
	answer = answers_judge(path, job);
	answers_identify(path, job, &answer);
	if (answers_pass_over(path, answer.use))
		return;
	answers_explain(path, job, answer.fault);

	path = answers_take_name(path);
	if (!path)
		return;
	state = answers_take_registration(path, job, answer.state);
	priorities_changed = answers_take_priorities(path, job, chosen);
	if (state == MP_PATH_DISCONNECTED)
		told_disconnected(path);
	if (state == MP_PATH_WILD)
		log_notice("%s: checker %s cannot be used here: %s", mp_path_name(&path->path),
			   job->checker->name, strerror(-job->error));
	answers_take_state(path, state, job->check.message,
			   !was_proven && mp_path_is_proven(&path->path), priorities_changed);
	if (path->check_now)
		answers_check_again(path);
}

void answers_take(struct check_job *job)
{
	struct daemon_path *path =
		job->abandoned ? NULL : paths_find_id(&job->daemon->inventory, job->path_id);

	if (path) {
		path->job = NULL;
		path->fd = job->check.fd;
		answers_take_all(path, job);
	} else {
		job->abandoned = true;
	}
	check_job_free(job);
}

void answers_time_out(struct daemon_path *path)
{
	answers_take_refusal(path, false, false);
	answers_take_state(path, MP_PATH_TIMEOUT, "no answer in time", false, false);
}

int answers_fail(struct daemon_path *path, uint64_t request)
{
	struct daemon_map *map = daemon_map_of(path->path.map);
	int r = orders_send(map, mp_order_fail_path(path->path.identity.devt), request);

	if (r < 0)
		return r;
	log_notice("%s: failed by the operator, not checked until it is reinstated",
		   mp_path_name(&path->path));
	path->path.checker_disabled = true;
	map->map.stats.path_faults += mp_path_is_active(&path->path);
	path->answered_state = MP_PATH_DOWN;
	path->path.state = MP_PATH_DOWN;
	path->only_io_failed = false;
	states_changed(map, &(struct path_news){ .failed = true, .which = path });
	return 0;
}

int answers_reinstate(struct daemon_path *path, uint64_t request)
{
	int r = waiters_add(path, request);

	if (r < 0)
		return r;
	health_forgive(path);
	loads_doubt(path);
	path->path.checker_disabled = false;
	path->answered_state = MP_PATH_UNCHECKED;
	path->path.state = MP_PATH_UNCHECKED;
	path->earliest_usec = 0;
	schedule_check(path);
	return 0;
}
