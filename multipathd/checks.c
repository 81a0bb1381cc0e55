/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/checks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/fs.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "checkers/checker.h"
#include "kernel/aio.h"
#include "kernel/knock.h"
#include "kernel/nvme_id.h"
#include "kernel/scsi.h"
#include "kernel/vpd.h"
#include "model/proof.h"
#include "model/transition.h"
#include "multipathd/control/loads.h"
#include "multipathd/control/orders.h"
#include "multipathd/control/states.h"
#include "multipathd/geoms.h"
#include "multipathd/health.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/paths.h"
#include "multipathd/reservations.h"
#include "multipathd/samples.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"
#include "multipathd/tuning.h"
#include "prioritizers/prioritizer.h"

enum {
	AIO_ROOM = 4096,
	TIMEOUT_DEFAULT_SEC = 30,
	PENDING_AFTER_SEC = 1, /* without an answer: shown as pending */
	RETRY_SEC = 1,
	PROVE_EVERY_SEC = 60, /* an active path's WWID is read again so often */
	BURSTS = 4, /* in an interval: waking up costs more than a check */
};

static const uint64_t usec_per_sec = 1000000;
static const uint64_t due_accuracy_usec = 500000; /* of the agenda */

struct check_job {
	struct work work;
	struct daemon *daemon;
	uint64_t path_id;
	uint64_t begun_usec, run_usec; /* run_usec: when a worker took it */
	uint64_t epoch; /* of the path, when it began: what is sent later is sent in no earlier one */
	char node[MP_NAME_SIZE + 8];
	char *dir;
	dev_t devt;
	enum mp_protocol protocol;
	unsigned timeout_msec;
	bool abandoned; /* its path is gone: the descriptor is the job's */

	const struct mp_checker *checker;
	struct mp_check check; /* check.fd: -1 if the job is to open the node */
	int error; /* of opening, or of the checker */
	/* An asynchronous read: its end and the end of the first turn come in any order, then the job has a second turn. */
	bool reading, reaped, parked, second_turn;
	/* While many checks hang, the device is asked first whether it answers; the check itself follows on another lane. */
	int knock_fd; /* -1: not asked */
	sd_event_source *knock_source; /* on the loop, until it answers */
	bool knocked, detour;
	uint64_t detour_lane;

	bool want_proof;
	int proof_error; /* as mp_scsi_identify() */
	int tpg; /* target port group, of the proof if there is one; -1 unknown */
	char *proof; /* with proof_error 0 */
	bool ask_rdac, rdac_if_listed;
	bool ask_ana;
	int rdac, ana; /* 1 yes, 0 no, negative: not told */
	const char *vpd_vendor; /* constant; NULL: its page is not asked for */
	char *vpd_text; /* NULL: not told */
	bool offline; /* sysfs state */
	bool told_read_only, read_only; /* of the device, when it was opened or proved */

	const struct mp_prioritizer *prioritizer; /* NULL: not asked this time */
	struct mp_prioritization *prio;
	struct mp_identity *identity; /* copy for a prioritizer that reads it */
	enum mp_tpgs tpgs;
	char *prio_args;
	int priority;
	struct reservation_check reservation;
	char *known; /* the name that it is to have, as struct mp_statement */
	bool certain;
};

static uint64_t worker_now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * usec_per_sec + now.tv_nsec / 1000;
}

/*
 * The kernel closes a block device under a lock that it also holds while it reads the partition table: from a device that
 * is just being found, or that hangs, that may take long.
 */
struct device_close {
	struct work work;
	struct device_close *next; /* of daemon->closing */
	int fd;
};

static void device_close_run(struct work *work)
{
	close(caa_container_of(work, struct device_close, work)->fd);
}

static void device_close_done(struct work *work)
{
	struct device_close *closing = caa_container_of(work, struct device_close, work);

	if (work->skipped)
		close(closing->fd);
	free(closing);
}

void checks_close(struct daemon *daemon, int fd, uint64_t lane)
{
	struct device_close *closing = daemon->pool ? calloc(1, sizeof(*closing)) : NULL;

	if (!closing) {
		close(fd);
		return;
	}
	closing->fd = fd;
	closing->work = (struct work){ .run = device_close_run, .done = device_close_done, .lane = lane };
	if (!daemon->locking) {
		pool_submit(daemon->pool, &closing->work);
		return;
	}
	closing->next = daemon->closing;
	daemon->closing = closing;
}

void checks_begin_locking(struct daemon *daemon)
{
	daemon->locking++;
}

void checks_end_locking(struct daemon *daemon)
{
	struct device_close *closing;

	if (--daemon->locking)
		return;
	while ((closing = daemon->closing)) {
		daemon->closing = closing->next;
		pool_submit(daemon->pool, &closing->work);
	}
}

static void job_free(struct check_job *job)
{
	if (job->abandoned && job->check.fd >= 0)
		checks_close(job->daemon, job->check.fd, job->detour_lane);
	sd_event_source_disable_unref(job->knock_source);
	if (job->knock_fd >= 0)
		close(job->knock_fd);
	free(job->dir);
	free(job->prio_args);
	free(job->known);
	free(job->proof);
	free(job->vpd_text);
	free(job->prio);
	free(job->identity);
	free(job);
}

static int job_open(struct check_job *job)
{
	int fd = mp_probe_open(job->node, job->devt, O_RDONLY | O_NONBLOCK | O_DIRECT);

	if (fd == -EINVAL)
		fd = mp_probe_open(job->node, job->devt, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	job->check.fd = fd;
	job->check.kept = 0;
	return 0;
}

static void job_ask_read_only(struct check_job *job)
{
	int read_only;

	if (job->check.fd < 0 || ioctl(job->check.fd, BLKROGET, &read_only) < 0)
		return;
	job->told_read_only = true;
	job->read_only = read_only;
}

/* The request is large: it lives no longer than the command, and what waits for the loop is as small as the answer. */
static void job_ask_priority(struct check_job *job)
{
	struct mp_prioritization *answer;

	job->priority = -ENOMEM;
	job->prio = malloc(sizeof(*job->prio));
	if (!job->prio)
		return;
	job->prio->fd = job->check.fd;
	job->prio->roots = &mp_roots_system;
	job->prio->dir = job->dir;
	job->prio->identity = job->identity;
	job->prio->tpgs = job->tpgs;
	job->prio->tpg = job->tpg;
	job->prio->args = job->prio_args;
	job->prio->timeout_msec = job->timeout_msec;
	job->prio->groups_size = 0;
	job->priority = job->prioritizer->priority(job->prio);
	answer = realloc(job->prio, offsetof(struct mp_prioritization, groups) + job->prio->groups_size);
	if (answer)
		job->prio = answer;
}

/* Nothing is registered at another LUN. */
static bool job_leads_astray(const struct check_job *job)
{
	const struct mp_statement statement = {
		.error = job->proof_error, .told = job->proof, .known = job->known, .certain = job->certain,
	};

	return job->want_proof && mp_proof_judge(&statement) != MP_VERDICT_HOLDS;
}

/*
 * How a device is asked what it is. Of DASD the kernel itself asks, whenever a channel path comes back, and shows what it was told.
 * It does so with NVMe, too, but lets I/O go before. Many USB bridges choke on VPD pages: for those, and for whatever is none of this,
 * there is no proof but udev's.
 */
static int job_identify(struct check_job *job, char *proof)
{
	char scanned[MP_WWID_SIZE];
	int r;

	if (job->protocol == MP_PROTOCOL_SCSI_USB)
		return -ENOENT;
	if (mp_protocol_is_scsi(job->protocol))
		return mp_scsi_identify(job->check.fd, job->known, proof, MP_WWID_SIZE, &job->tpg, job->timeout_msec);
	r = mp_probe_page_wwid(&mp_roots_system, job->protocol, job->dir, scanned);
	if (r == 0 && mp_protocol_is_nvme(job->protocol))
		return mp_nvme_identify(job->check.fd, scanned, proof, MP_WWID_SIZE, job->timeout_msec);
	if (r == 0)
		strcpy(proof, scanned);
	/* What had a name and has none there is just being removed. */
	return r == -ENOENT && job->certain ? -ENODEV : r;
}

static void job_prove(struct check_job *job)
{
	char proof[MP_WWID_SIZE];

	job_ask_read_only(job);
	job->proof_error = job_identify(job, proof);
	if (job->proof_error < 0)
		return;
	job->proof = strdup(proof);
	if (!job->proof)
		job->proof_error = -ENOMEM;
}

/* What follows an answer: all on the worker, since all of it may block. */
static void job_follow_up(struct check_job *job)
{
	enum mp_path_state state;
	char text[sizeof(((struct mp_identity_room *)NULL)->vpd_data)];

	if (!mp_path_state_is_active(job->check.state)) {
		state = mp_probe_state(&mp_roots_system, job->dir, job->protocol);
		job->offline = state != MP_PATH_UP;
		if (state == MP_PATH_PENDING || state == MP_PATH_REMOVED)
			job->check.state = state;
		return;
	}
	/* An answer that was long in coming may have waited for a connection to come back. */
	job->want_proof = job->want_proof || job->check.identity_changed ||
			  worker_now_usec() - job->run_usec >= PENDING_AFTER_SEC * usec_per_sec;
	if (job->want_proof)
		job_prove(job);
	if (job->vpd_vendor &&
	    mp_scsi_vpd_text(job->check.fd, job->vpd_vendor, text, sizeof(text), job->timeout_msec) >= 0)
		job->vpd_text = strdup(text);
	if (job->ask_ana)
		job->ana = mp_ana_is_supported(job->check.fd, job->timeout_msec);
	if (!job_leads_astray(job))
		reservation_check_run(&job->reservation, job->check.fd, job->timeout_msec);
	if (job->prioritizer)
		job_ask_priority(job);
}

/* Which checker is right: asked before the first one runs. */
static void job_detect_checker(struct check_job *job)
{
	job->rdac = mp_scsi_is_rdac(job->check.fd, job->rdac_if_listed, job->timeout_msec);
	if (job->rdac > 0) {
		job->checker = mp_checker_find("rdac");
		job->check.kept = 0;
	}
}

static void job_knock(struct check_job *job)
{
	if (mp_protocol_is_scsi(job->protocol))
		job->knock_fd = mp_knock(&mp_roots_system, job->dir, job->timeout_msec);
	job->detour = job->knock_fd < 0; /* it cannot be asked: what hangs may hang there */
}

static void job_run(struct work *work)
{
	struct check_job *job = caa_container_of(work, struct check_job, work);
	int r;

	if (job->second_turn) {
		job_follow_up(job);
		return;
	}
	if (!job->run_usec && !job->want_proof)
		job->run_usec = worker_now_usec();
	if (work->sparing && !job->knocked && !job->checker->none) {
		job_knock(job);
		return;
	}
	if (job->checker->none) {
		job->check.state = mp_probe_state(&mp_roots_system, job->dir, job->protocol);
		if (job->check.fd < 0)
			job_open(job);
	} else {
		if (job->check.fd < 0)
			job->error = job_open(job);
		if (job->error < 0) {
			job->check.state = MP_PATH_DOWN;
			snprintf(job->check.message, sizeof(job->check.message), "cannot open %s: %s", job->node,
				 strerror(-job->error));
		} else {
			if (job->ask_rdac)
				job_detect_checker(job);
			r = job->checker->check(&job->check);
			if (r == 1) {
				job->reading = true;
				return;
			}
			if (r < 0) {
				job->error = r;
				job->check.state = MP_PATH_WILD;
			}
		}
	}
	job_follow_up(job);
}

static int path_schedule(struct daemon_path *path, uint64_t usec);
static void path_check(struct daemon_path *path);
static void path_on_due(struct agenda_entry *entry);

/* The same instant for all paths of a map; the maps are spread over a few instants of the interval. */
static uint64_t path_next_usec(const struct daemon_path *path, uint64_t now_usec)
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
		daemon_path_of(other)->asks_itself = priority < 0; /* its target port group was not in the answer */
		if (priority >= 0 && mp_path_state_is_active(other->state))
			other->priority_is_old = false;
		if (priority >= 0 && priority != other->priority) {
			other->priority = priority;
			changed = true;
		}
	}
	return changed;
}

/* The name that the device is to tell. Return: is it told by the device, or by udev from the same page? */
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

/* What another path of the map told, if udev has a name of another kind for the map. */
static const char *path_sibling_proof(const struct daemon_path *path)
{
	struct mp_map *map = path->path.map;
	struct mp_path *other;

	if (map && !maps_is_geom(daemon_map_of(map)))
		cds_list_for_each_entry(other, &map->paths, in_map)
			if (other != &path->path && daemon_path_proof(daemon_path_of(other)) && mp_path_is_proven(other))
				return daemon_path_proof(daemon_path_of(other));
	return NULL;
}

static enum mp_verdict path_judge_proof(struct daemon_path *path, const struct check_job *job, const char **expected)
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

static void path_doubt(struct daemon_path *path)
{
	mp_path_doubt(&path->path);
	if (path->path.map)
		loads_check(daemon_map_of(path->path.map));
}

/* The name of the map was told: what another path told is no other way to spell it. */
static void path_refute_others(struct daemon_path *path)
{
	const char *proof = daemon_path_proof(path);
	struct mp_path *other;

	if (!proof || strcmp(proof, path->path.identity.wwid) || maps_is_geom(daemon_map_of(path->path.map)))
		return;
	cds_list_for_each_entry(other, &path->path.map->paths, in_map) {
		struct daemon_path *sibling = daemon_path_of(other);

		if (other->wrong_wwid || !sibling->proof || !strcmp(sibling->proof, proof) ||
		    strcmp(other->identity.wwid, path->path.identity.wwid))
			continue;
		free(sibling->proof);
		sibling->proof = NULL;
		checks_doubt(sibling);
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
		paths_told_proof(path, job->proof);
	if (map) {
		cds_list_for_each_entry(other, &map->paths, in_map)
			if (daemon_path_of(other)->stays)
				checks_soon(daemon_path_of(other));
		path_refute_others(path);
	}
	if (path->path.wrong_wwid) {
		log_notice("%s: leads to its own LUN again", mp_path_name(&path->path));
		path->path.wrong_wwid = false;
		if (map)
			maps_touch(daemon_map_of(map), "a path leads to its own LUN again");
	}
}

/* The device said what it is, or did not. Return: false if it is another LUN than it was found as. */
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
			path_doubt(path);
		return !path->path.wrong_wwid;
	case MP_VERDICT_WRONG:
		break;
	}
	if (!path->path.wrong_wwid)
		paths_wrong_wwid(path, job->proof ? job->proof : "nothing that has a WWID", expected);
	return false;
}

/* Return: may it serve, although it has not said what it is? */
static bool path_stays(struct daemon_path *path)
{
	const struct mp_map *map = path->path.map;

	if (!map || mp_path_state_is_bad(path->answered_state) || !mp_proof_may_stay(&path->path, map))
		return false;
	if (!path->stays)
		log_warning("%s: %s does not answer INQUIRY, nor does any other path of the map: it keeps its I/O until it fails",
			    map->name, mp_path_name(&path->path));
	path->stays = true;
	return true;
}

/* Its map goes on, with what is known of the path. */
static void path_waited_for(struct daemon_path *path)
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

static void path_answered(struct daemon_path *path)
{
	if (!path->asked_before)
		path_waited_for(path);
}

static void path_log(const struct daemon_path *path, enum mp_path_state old, const char *message)
{
	const struct mp_map *map = path->path.map;
	const char *reason = message[0] ? ": " : "";
	unsigned active = map ? mp_map_active_paths(map) : 0;

	if (path->path.state == MP_PATH_DELAYED)
		return; /* why it is held back has been told */
	if (!map || !map->kernel.exists)
		log_info("%s: %s%s%s", mp_path_name(&path->path), mp_path_state_name(path->path.state), reason, message);
	else if (mp_path_is_active(&path->path))
		log_notice("%s: %s is %s again, %u path%s active", map->name, mp_path_name(&path->path),
			   mp_path_state_name(path->path.state), active, active == 1 ? "" : "s");
	else
		log_notice("%s: %s failed (%s, was %s)%s%s, %u path%s left%s", map->name,
			   mp_path_name(&path->path), mp_path_state_name(path->path.state),
			   mp_path_state_name(old), reason, message, active, active == 1 ? "" : "s",
			   active ? "" : mp_table_has_feature(&map->kernel.table, "queue_if_no_path") ?
			   ": I/O waits" : ": I/O fails");
}

static void path_tell_kernel(struct daemon_path *path, const char *verb, uint64_t request)
{
	orders_send_path(daemon_map_of(path->path.map), verb, path->path.identity.devt, request);
}

/* Who asked for its reinstatement by hand. @reply: NULL: what becomes of the message to the kernel */
static void path_answer_waiters(struct daemon_path *path, const char *reply)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &path->waiters, in_map) {
		cds_list_del(&waiter->in_map);
		if (reply)
			daemon_reply(path->inventory->daemon, waiter->request, reply);
		else
			path_tell_kernel(path, "reinstate_path", waiter->request);
		free(waiter);
	}
}

/* The one place where an answer becomes a path's state. */
static void path_take_state(struct daemon_path *path, enum mp_path_state answer, const char *message,
			    bool newly_proven, bool priorities_changed)
{
	struct mp_map *map = path->path.map;
	enum mp_path_state old = path->answered_state;
	const struct mp_process_settings *process = path->inventory->process;
	bool in_map = map && map->kernel.exists &&
		      mp_table_find(&map->kernel.table, path->path.identity.devt);
	bool first = !path->answered && old == MP_PATH_UNCHECKED;
	struct mp_transition t;

	answer = health_judge(path, answer);
	t = mp_transition_make(old, answer, path->path.dm_state, in_map, mp_path_is_proven(&path->path));
	path->path.checked_usec = daemon_now_usec(path->inventory->daemon);
	path->answered_state = t.state;
	if (mp_path_state_is_bad(t.state)) {
		path->registered_key = 0; /* other hosts may preempt it meanwhile */
		path_doubt(path);
	}
	path->path.state = answer == MP_PATH_PENDING ? MP_PATH_PENDING : t.state;
	path->path.interval_sec = mp_interval_next(path->path.interval_sec, &t, process->polling_interval_sec,
						   process->max_polling_interval_sec);

	if (t.fail)
		path_tell_kernel(path, "fail_path", 0);
	if (t.reinstate && !geoms_is_foreign(path) && !health_awaits_table(path)) {
		if (cds_list_empty(&path->waiters))
			path_tell_kernel(path, "reinstate_path", 0);
		path_answer_waiters(path, NULL);
	}
	if (answer != MP_PATH_PENDING)
		path_answer_waiters(path, "ok\n");
	if (t.fail && path->path.dm_state == MP_DM_ACTIVE && mp_path_state_is_bad(answer))
		health_failed(path);
	if (t.count_failure && map)
		map->stats.path_faults++;
	if (t.changed && !first)
		path_log(path, old, message);
	else if (mp_path_state_is_bad(answer))
		log_line(process->log_checker_err_once && !first ? LOG_LEVEL_INFO : LOG_LEVEL_NOTICE, "%s: %s%s%s",
			 mp_path_name(&path->path), mp_path_state_name(answer), message[0] ? ": " : "", message);

	path_answered(path);
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
		path_schedule(path, daemon_now_usec(path->inventory->daemon) + RETRY_SEC * usec_per_sec);
	else
		path_schedule(path, path_next_usec(path, daemon_now_usec(path->inventory->daemon)));
}

/* Something has happened since the check began. Not before its turn, if that was a failure that the kernel saw. */
static void path_check_again(struct daemon_path *path)
{
	path->check_now = false;
	path->asked_before = false;
	if (path->earliest_usec > daemon_now_usec(path->inventory->daemon))
		path_schedule(path, path->earliest_usec);
	else
		path_check(path);
}

/* What the device told besides its state and its name. */
static void path_take_facts(struct daemon_path *path, const struct check_job *job)
{
	if (job->rdac >= 0 || job->ana >= 0)
		paths_told_kind(path, job->rdac, job->ana);
	if (job->vpd_text)
		paths_told_vpd_data(path, job->vpd_text);
	if (path->checker == job->checker)
		path->checker_kept = job->check.kept;
	path->path.identity.offline = job->offline;
	if (job->tpg >= 0)
		path->path.identity.tpg = job->tpg;
	paths_told_read_only(path, job->told_read_only ? job->read_only : path->path.identity.read_only);
}

static void job_answered(struct check_job *job)
{
	struct daemon_path *path = job->abandoned ? NULL : paths_find_id(&job->daemon->inventory, job->path_id);
	enum mp_path_state state = job->check.state;
	const struct mp_prioritizer *chosen;
	struct daemon_map *map;
	bool priorities_changed, was_proven;

	if (!path) {
		job->abandoned = true;
		job_free(job);
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
		path_schedule(path, daemon_now_usec(path->inventory->daemon) + RETRY_SEC * usec_per_sec);
		job_free(job);
		return;
	}

	if (path->path.checker_disabled) {
		/* The operator failed it while it was asked. */
		if (map && map->prio_asking == path->path.id)
			map->prio_asking = 0;
		path_answered(path);
		job_free(job);
		return;
	}

	path->path.silent = false;
	if (!path_take_proof(path, job)) {
		/* Alive, but not ours: for its map it is as good as dead. */
		state = MP_PATH_DOWN;
		snprintf(job->check.message, sizeof(job->check.message), "leads to another LUN");
		path_answer_waiters(path, "fail\n");
	} else if (mp_path_state_is_active(state) && job->epoch != path->path.epoch) {
		/* What has happened since it began is not known to its answer. */
		if (map && map->prio_asking == path->path.id)
			map->prio_asking = 0;
		path_check_again(path);
		job_free(job);
		return;
	} else if (mp_path_state_is_active(state) && !mp_path_is_proven(&path->path) && !path_stays(path)) {
		state = MP_PATH_DOWN;
		path->path.silent = true;
		snprintf(job->check.message, sizeof(job->check.message), "it does not say which LUN it is: %s: %s",
			 mp_protocol_is_nvme(job->protocol) ? "Identify" : "INQUIRY", strerror(-job->proof_error));
		path_answer_waiters(path, "fail\n");
	} else if (state == MP_PATH_PENDING && job->offline) {
		path_doubt(path); /* its connection is gone, and may come back as another one */
	}
	if (!path->path.identity.wwid[0] && path->path.init == MP_INIT_FAILED && path->proof &&
	    strncmp(path->proof, MP_SCSI_SERIAL_NAME, strlen(MP_SCSI_SERIAL_NAME)) &&
	    mp_probe_has_fallback(path->path.identity.protocol, path->settings.uid_attribute)) {
		uint64_t id = path->path.id;

		paths_told_wwid(path, path->proof);
		path = paths_find_id(&job->daemon->inventory, id);
		if (!path) {
			job_free(job);
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
	if (job->prioritizer && job->prioritizer == path->prioritizer && mp_path_state_is_active(job->check.state))
		paths_told_priority(path, job->priority);
	priorities_changed = path_take_priority(path, job);
	/* Another one was chosen because of what the device told. */
	path->check_now |= path->prioritizer != chosen;
	if (state == MP_PATH_DISCONNECTED)
		paths_disconnected(path);
	if (state == MP_PATH_WILD)
		log_notice("%s: checker %s cannot be used here: %s", mp_path_name(&path->path), job->checker->name,
			   strerror(-job->error));
	if (job->check.access_changed && map)
		map->prio_asked_usec = 0;
	path_take_state(path, state, job->check.message, !was_proven && mp_path_is_proven(&path->path),
			priorities_changed);
	if (path->check_now)
		path_check_again(path);
	job_free(job);
}

static void job_second_turn(struct check_job *job)
{
	job->second_turn = true;
	pool_submit(job->daemon->pool, &job->work);
}

/* The whole check, where it does not keep others from being asked. */
static void job_take_detour(struct check_job *job)
{
	job->detour = false;
	job->knocked = true;
	job->work.lane = job->detour_lane;
	pool_submit(job->daemon->pool, &job->work);
}

static int job_on_knock_answered(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct check_job *job = userdata;
	struct mp_scsi_result result = { 0 };
	int r = mp_knock_answer(fd, &result);

	(void)events;
	if (r == -EAGAIN)
		return 0;
	job->knock_source = sd_event_source_disable_unref(source);
	close(job->knock_fd);
	job->knock_fd = -1;
	if (r == 0 && (!result.host_status || mp_scsi_is_transient(&result))) {
		mp_check_notice(&job->check, &result);
		job_take_detour(job);
		return 0;
	}
	if (result.host_status == MP_SCSI_HOST_TIMEOUT)
		mp_check_answer(&job->check, MP_PATH_TIMEOUT, "command timed out");
	else
		mp_check_answer(&job->check, MP_PATH_DOWN, "path is down");
	job_second_turn(job);
	return 0;
}

static int job_await_knock(struct check_job *job)
{
	int r = sd_event_add_io(job->daemon->event, &job->knock_source, job->knock_fd, EPOLLIN, job_on_knock_answered,
				job);

	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(job->knock_source, true);
	if (r >= 0)
		return 0;
	job->knock_source = sd_event_source_disable_unref(job->knock_source);
	close(job->knock_fd);
	job->knock_fd = -1;
	job->detour = true;
	return r;
}

static void job_done(struct work *work)
{
	struct check_job *job = caa_container_of(work, struct check_job, work);

	if (job->knock_fd >= 0 && !job->abandoned && job_await_knock(job) >= 0)
		return;
	if (job->detour && !job->abandoned) {
		job_take_detour(job);
		return;
	}
	if (!job->reading || job->second_turn) {
		job_answered(job);
		return;
	}
	job->parked = true;
	if (job->reaped)
		job_second_turn(job);
}

static int checks_on_aio(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct daemon *daemon = userdata;
	struct mp_aio_done done[64];
	uint64_t count;
	size_t n;

	(void)source;
	(void)events;
	if (read(fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
		return -errno;
	do {
		n = mp_aio_reap(daemon->aio, done, ARRAY_SIZE(done));
		for (size_t i = 0; i < n; i++) {
			struct check_job *job = done[i].cookie;

			job->check.state = done[i].error < 0 ? MP_PATH_DOWN : MP_PATH_UP;
			if (done[i].error < 0)
				snprintf(job->check.message, sizeof(job->check.message), "read failed: %s",
					 strerror(-done[i].error));
			job->reaped = true;
			if (job->parked)
				job_second_turn(job);
		}
	} while (n == ARRAY_SIZE(done));
	return 0;
}

void checks_give_up_waiting(struct daemon *daemon)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all) {
		daemon_path_of(path)->asked_before = false;
		path_answered(daemon_path_of(path));
	}
}

void checks_await_priority(struct daemon_path *path)
{
	if (!path->inventory->options.check || path->path.checker_disabled || path->path.init != MP_INIT_OK ||
	    !mp_path_state_is_active(path->answered_state))
		return;
	path->path.priority = MP_PRIORITY_UNDEF;
	path->asked_before = path->job;
	if (!path->answered)
		return;
	path->answered = false;
	path->inventory->unanswered++;
}

int checks_init(struct daemon *daemon)
{
	int r;

	daemon->aio_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (daemon->aio_fd < 0)
		return -errno;
	r = mp_aio_new(daemon->aio_fd, AIO_ROOM, &daemon->aio);
	if (r < 0)
		log_warning("no asynchronous reads (fs.aio-max-nr): %s; each check by directio holds a thread", strerror(-r));
	r = sd_event_add_io(daemon->event, &daemon->aio_source, daemon->aio_fd, EPOLLIN, checks_on_aio, daemon);
	if (r >= 0)
		r = sd_event_source_set_exit_on_failure(daemon->aio_source, true);
	return r < 0 ? r : agenda_new(daemon->event, path_on_due, &daemon->agenda);
}

void checks_fini(struct daemon *daemon)
{
	struct device_close *closing;

	while ((closing = daemon->closing)) {
		daemon->closing = closing->next;
		close(closing->fd);
		free(closing);
	}
	samples_fini(daemon);
	daemon->aio_source = sd_event_source_unref(daemon->aio_source);
	daemon->aio = mp_aio_free(daemon->aio);
	if (daemon->aio_fd >= 0)
		close(daemon->aio_fd);
	daemon->aio_fd = -1;
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
	return !map->prio_asking && map->prio_asked_usec + path->path.interval_sec * usec_per_sec / 2 <= now_usec;
}

static unsigned path_timeout_sec(const struct daemon_path *path)
{
	if (path->settings.checker_timeout_sec)
		return path->settings.checker_timeout_sec;
	if (path->path.identity.timeout_sec)
		return path->path.identity.timeout_sec;
	return TIMEOUT_DEFAULT_SEC;
}

static int path_prepare_priority(struct daemon_path *path, struct check_job *job)
{
	if (path->prioritizer->reads_identity) {
		job->identity = mp_identity_clone(&path->path.identity);
		if (!job->identity)
			return -ENOMEM;
	}
	job->prio_args = strdup(path->settings.prio_args);
	if (!job->prio_args)
		return -ENOMEM;
	job->prioritizer = path->prioritizer;
	return 0;
}

static void path_check(struct daemon_path *path)
{
	struct daemon *daemon = path->inventory->daemon;
	uint64_t now = daemon_now_usec(daemon);
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	struct check_job *job;
	const char *known;

	if (path->job) {
		path->check_now = true;
		return;
	}
	if (path->path.checker_disabled || !path->checker)
		return;

	job = calloc(1, sizeof(*job));
	if (!job)
		goto later;
	job->daemon = daemon;
	job->knock_fd = -1;
	job->detour_lane = lane_of_path(&path->path.identity);
	job->path_id = path->path.id;
	job->tpg = path->path.identity.tpg;
	job->tpgs = path->path.identity.tpgs;
	job->rdac = -ENODATA;
	job->ana = -ENODATA;
	job->begun_usec = now;
	job->devt = path->path.identity.devt;
	job->protocol = path->path.identity.protocol;
	job->timeout_msec = path_timeout_sec(path) * 1000;
	job->checker = path->checker;
	job->check.fd = path->fd;
	job->check.kept = path->checker_kept;
	job->check.timeout_msec = job->timeout_msec;
	job->check.aio = daemon->aio;
	job->check.cookie = job;
	job->epoch = path->path.epoch;
	job->want_proof = !mp_path_is_proven(&path->path) || !path->proven_usec || path->settings.recheck_wwid ||
			  path->proven_usec + PROVE_EVERY_SEC * usec_per_sec <= now;
	job->ask_ana = (path->path.identity.ana == MP_TOLD_NOT || path->ask_again) && path->settings.detect_prio &&
		       mp_protocol_is_nvme(job->protocol);
	job->ask_rdac = (path->path.identity.rdac == MP_TOLD_NOT || path->ask_again) && path->settings.detect_checker &&
			mp_protocol_is_scsi(job->protocol) &&
			(!path->settings.hardware_checker || !strcmp(path->settings.hardware_checker, "rdac"));
	job->rdac_if_listed = !path->settings.hardware_checker;
	if (mp_protocol_is_scsi(job->protocol) && (!path->path.identity.vpd_data[0] || path->ask_again))
		job->vpd_vendor = path->settings.vpd_vendor;
	reservation_check_prepare(&job->reservation, path);
	job->want_proof |= job->reservation.wanted;
	job->certain = path_expected_name(path, &known);
	job->known = strdup(known);
	job->dir = strdup(path->dir);
	if (!job->dir || !job->known)
		goto later;
	mp_probe_node(path->path.identity.name, job->node, sizeof(job->node));
	if (path_wants_priority(path, now)) {
		if (path_prepare_priority(path, job) < 0)
			goto later;
		if (path->prioritizer->derive && !path->asks_itself) {
			map->prio_asking = path->path.id;
			map->prio_asked_usec = now;
		}
	}
	job->work = (struct work){
		.run = job_run,
		.done = job_done,
		.lane = lane_of_checks(&path->path.identity),
		.timeout_usec = path_timeout_sec(path) * usec_per_sec,
	};
	path->job = job;
	path->ask_again = false;
	pool_submit(daemon->pool, &job->work);
	path_schedule(path, now + PENDING_AFTER_SEC * usec_per_sec);
	return;
later:
	if (job)
		job_free(job);
	log_warning("%s: not checked: out of memory", mp_path_name(&path->path));
	path_schedule(path, now + RETRY_SEC * usec_per_sec);
}

static void path_on_overdue(struct daemon_path *path)
{
	uint64_t now = daemon_now_usec(path->inventory->daemon);
	uint64_t deadline = path->job->begun_usec + path_timeout_sec(path) * usec_per_sec;
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (path->path.checker_disabled)
		return;
	/* At start all ask at once: those whose turn has not come are not overdue. */
	if (!pool_has_begun(&path->job->work) && path->inventory->daemon->configure_timer) {
		path_schedule(path, now + PENDING_AFTER_SEC * usec_per_sec);
		return;
	}
	/* Another path of the map is to be asked for priorities. */
	if (map && map->prio_asking == path->path.id)
		map->prio_asking = 0;

	if (now + due_accuracy_usec < deadline) {
		if (path->path.state != MP_PATH_PENDING) {
			log_line(path->answered ? LOG_LEVEL_INFO : LOG_LEVEL_DEBUG, "%s: no answer from the checker yet",
				 mp_path_name(&path->path));
			path->path.state = MP_PATH_PENDING;
			path_waited_for(path);
			if (map)
				states_changed(map, false, false, path);
		}
		path_schedule(path, deadline);
		return;
	}
	/* Its own device has not been asked: that others hang is no reason to fail it. */
	if (pool_lacks_places(path->inventory->daemon->pool, &path->job->work)) {
		path_schedule(path, now + PENDING_AFTER_SEC * usec_per_sec);
		return;
	}
	path_take_state(path, MP_PATH_TIMEOUT, "no answer in time", false, false);
	/* It has no second job while the first one hangs: the next event is its answer. */
	agenda_clear(&path->due);
	path->path.next_check_usec = 0;
}

static void path_on_due(struct agenda_entry *entry)
{
	struct daemon_path *path = caa_container_of(entry, struct daemon_path, due);

	if (path->path.init == MP_INIT_MISSING_UDEV || path->path.init == MP_INIT_REQUESTED_UDEV) {
		path_schedule(path, daemon_now_usec(path->inventory->daemon) +
					    path->inventory->process->retrigger_delay_sec * usec_per_sec);
		paths_on_missing_udev(path);
	} else if (path->job) {
		path_on_overdue(path);
	} else {
		path_check(path);
	}
}

static int path_schedule(struct daemon_path *path, uint64_t usec)
{
	if (!path->job)
		path->path.next_check_usec = usec;
	return agenda_set(path->inventory->daemon->agenda, &path->due, usec);
}

int checks_start(struct daemon_path *path)
{
	const struct mp_process_settings *process = path->inventory->process;

	path->path.interval_sec = process->polling_interval_sec;
	path->answered_state = MP_PATH_UNCHECKED;
	if (path->path.init == MP_INIT_MISSING_UDEV) {
		path->answered = true; /* nobody waits for it */
		return path_schedule(path, daemon_now_usec(path->inventory->daemon) +
						   process->retrigger_delay_sec * usec_per_sec);
	}
	/* Made now: what lives long lies together, apart from the burst of first jobs. */
	path_schedule(path, daemon_now_usec(path->inventory->daemon) + PENDING_AFTER_SEC * usec_per_sec);
	path->inventory->unanswered++;
	if (!path->inventory->options.check) {
		path_answered(path);
		return 0;
	}
	if (!path->inventory->daemon->enumerating)
		path_check(path);
	return 0;
}

void checks_start_all(struct daemon *daemon)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
		if (!daemon_path_of(path)->answered && !daemon_path_of(path)->job)
			path_check(daemon_path_of(path));
}

void checks_soon(struct daemon_path *path)
{
	if (path->inventory->options.check)
		path_check(path);
}

/* Its map's table waits for the answer, as at the start. */
static void path_await(struct daemon_path *path)
{
	if (!path->answered || !mp_path_state_is_active(path->answered_state))
		return;
	path->answered = false;
	path->inventory->unanswered++;
}

void checks_ask_again(struct daemon_path *path)
{
	path->proven_usec = 0;
	path->ask_again = true;
	if (!path->inventory->options.check || path->path.checker_disabled || path->path.init != MP_INIT_OK)
		return;
	path_await(path);
	path->asked_before |= path->job && !path->answered;
	path_check(path);
}

void checks_doubt(struct daemon_path *path)
{
	path_doubt(path);
	checks_ask_again(path);
}

int checks_reinstate(struct daemon_path *path, uint64_t request)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));

	if (!waiter)
		return -ENOMEM;
	waiter->request = request;
	cds_list_add_tail(&waiter->in_map, &path->waiters);
	health_forgive(path);
	path_doubt(path);
	path->path.checker_disabled = false;
	path->answered_state = MP_PATH_UNCHECKED;
	path->path.state = MP_PATH_UNCHECKED;
	path->earliest_usec = 0;
	path_check(path);
	return 0;
}

void checks_reopen(struct daemon_path *path)
{
	if (path->job || path->fd < 0)
		return;
	checks_close(path->inventory->daemon, path->fd, lane_of_path(&path->path.identity));
	path->fd = -1;
}

void checks_stop(struct daemon_path *path)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;

	if (map && map->prio_asking == path->path.id)
		map->prio_asking = 0;
	if (!path->answered && path->path.init != MP_INIT_MISSING_UDEV) {
		path->answered = true;
		path->inventory->unanswered--;
	}
	samples_stop(path);
	path_answer_waiters(path, "fail\n");
	agenda_clear(&path->due);
	if (path->job) {
		/* The hanging call still needs the descriptor. */
		path->job->abandoned = true;
		if (path->job->knock_source) /* nothing of it is on a worker */
			job_free(path->job);
		path->job = NULL;
	} else if (path->fd >= 0 && path->inventory->daemon->state != DAEMON_SHUTDOWN) { /* or the process ends, and closes it */
		checks_close(path->inventory->daemon, path->fd, lane_of_path(&path->path.identity));
	}
	path->fd = -1;
}

void checks_note_kernel_failure(struct daemon_path *path)
{
	enum mp_path_state old = path->answered_state;
	uint64_t earliest = path->path.checked_usec + RETRY_SEC * usec_per_sec;

	path_doubt(path);
	if (!mp_path_state_is_active(old))
		return;
	path->answered_state = MP_PATH_DOWN;
	path->path.state = MP_PATH_DOWN;
	path->registered_key = 0;
	path->path.interval_sec = path->inventory->process->polling_interval_sec;
	path->path.map->stats.path_faults++;
	path_log(path, old, "the kernel saw an I/O error");
	health_failed(path);
	/* A request that fails everywhere must find no path left: none comes back before its turn. */
	if (maps_is_geom(daemon_map_of(path->path.map)))
		earliest = daemon_now_usec(path->inventory->daemon) + path->path.interval_sec * usec_per_sec;
	path->earliest_usec = earliest;
	/* A path that answers the checker, but fails I/O, is not to come and go as fast as it can. */
	if (!path->job && earliest > daemon_now_usec(path->inventory->daemon))
		path_schedule(path, earliest);
	else
		checks_soon(path);
}
