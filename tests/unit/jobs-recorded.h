/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jobs-recorded.h - a daemon whose jobs, timers and clients are records: whatever control asks of
 * them becomes a line of text, and nothing runs.  For: tests of control.
 *
 * The functions here take the place of those in jobs/ and loop/, which the linker leaves in the
 * archive then. Time stands still until recorded_advance().
 */
#pragma once
#include "inventory-made.h"

#include <stdlib.h>
#include <systemd/sd-event.h>

#include "base/strbuf.h"
#include "checkers/checker.h"
#include "multipathd/control/duties.h"
#include "multipathd/control/leftovers.h"
#include "multipathd/jobs/checks.h"
#include "multipathd/jobs/descriptors.h"
#include "multipathd/jobs/devices.h"
#include "multipathd/jobs/files.h"
#include "multipathd/jobs/holdings.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/messages.h"
#include "multipathd/jobs/ports.h"
#include "multipathd/jobs/rescans.h"
#include "multipathd/jobs/samples.h"
#include "multipathd/jobs/tables.h"
#include "multipathd/jobs/triggers.h"
#include "multipathd/jobs/tuning.h"
#include "multipathd/loop/agenda.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/server.h"
#include "multipathd/loop/slices.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"

struct recorded_timer {
	sd_event_source *source;
	sd_event_time_handler_t handler;
	void *userdata;
};

/* What was requested, and how the jobs and the pool answer. */
static struct recorded {
	struct mp_strbuf text; /* a line for each request, until recorded_expect() */
	uint64_t now_usec;
	struct recorded_timer timers[16];
	size_t timer_count;

	/* The last job of each kind; freed with the record, unless the test sets it to NULL. */
	struct check_job *check; /* the path's, until it is answered or abandoned */
	struct table_job *table;
	struct device_job *device;
	struct reassign_job *reassign;
	struct message_job message;
	struct work *work; /* the submitter's */
	uint64_t lane; /* its lane */
	struct work *works[16]; /* all of them, until recorded_return_works() */
	size_t work_count;
	struct cds_list_head look_waiters;
	unsigned locking; /* descriptors_begin_locking() */
	samples_ended_fn samples_ended;
	uint64_t holdings_number; /* of the last holdings_read() */
	void (*holdings_ended)(struct holdings_job *job);

	ports_written_fn ports_written;
	tuning_ended_fn tuning_ended;
	bool tunes; /* tuning_start(): there is something to write */
	bool has_unused; /* looks_have_unused() */
	bool has_begun, awaits_turn, lacks_places; /* pool_...() */
} recorded;

static inline void recorded_end_jobs(void)
{
	if (recorded.table)
		table_job_free(recorded.table);
	free(recorded.device);
	free(recorded.reassign);
	recorded.table = NULL;
	recorded.device = NULL;
	recorded.reassign = NULL;
}

/* The requests since the last call, each with its newline. */
static inline void recorded_expect(const char *text)
{
	assert_string_equal(mp_strbuf_text(&recorded.text), text);
	mp_strbuf_clear(&recorded.text);
}

/* Requests that the test is not about. */
static inline void recorded_forget(void)
{
	mp_strbuf_clear(&recorded.text);
}

/* The pool ends: all submitted work is returned without having run, and so is what that submits. */
static inline void recorded_return_works(void)
{
	for (size_t i = 0; i < recorded.work_count; i++) {
		recorded.works[i]->skipped = true;
		recorded.works[i]->done(recorded.works[i]);
	}
	recorded.work_count = 0;
}

static inline void recorded_advance(unsigned sec)
{
	recorded.now_usec += sec * 1000000ull;
}

/* The timer expires at its time. */
static inline void recorded_fire(sd_event_source *source)
{
	uint64_t usec;

	for (size_t i = 0; i < recorded.timer_count; i++) {
		const struct recorded_timer timer = recorded.timers[i];

		if (timer.source != source)
			continue;
		assert_true(sd_event_source_get_time(source, &usec) >= 0);
		recorded.now_usec = usec;
		sd_event_source_set_enabled(source, SD_EVENT_OFF);
		assert_true(timer.handler(source, usec, timer.userdata) >= 0);
		return;
	}
	fail_msg("no such timer");
}

/* As made_init(), with a daemon around it that is up and running. */
static inline void recorded_init(struct made *made, const char *config)
{
	struct daemon *daemon = &made->daemon;

	recorded = (struct recorded){ .now_usec = 1000000000 };
	made_init(made, config);
	made->inventory.duties = &duties_of_daemon;
	made->inventory.daemon = daemon;
	daemon->state = DAEMON_RUNNING;
	daemon->serving = true;
	daemon->server = (struct server *)&recorded; /* only passed to server_reply() */
	assert_int_equal(leftovers_new(&daemon->leftovers), 0);
	CDS_INIT_LIST_HEAD(&recorded.look_waiters);
	assert_true(sd_event_new(&daemon->event) >= 0);
}

static inline void recorded_forget_waiters(struct cds_list_head *waiters)
{
	struct waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, waiters, in_waiters)
		free(waiter);
}

/* The daemon ends: there will be no look. */
static inline void recorded_drop_looks(void)
{
	struct look_waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, &recorded.look_waiters, in_waiters) {
		cds_list_del_init(&waiter->in_waiters);
		if (waiter->dropped)
			waiter->dropped(waiter);
	}
}

static inline void recorded_fini(struct made *made)
{
	struct mp_path *path;
	struct mp_map *map;

	cds_list_for_each_entry(path, &made->inventory.paths, in_all) {
		if (daemon_path_of(path)->job)
			check_job_free(daemon_path_of(path)->job);
		recorded_forget_waiters(&daemon_path_of(path)->waiters);
	}
	cds_list_for_each_entry(map, &made->inventory.maps, in_all)
		recorded_forget_waiters(&daemon_map_of(map)->waiters);
	recorded_end_jobs();
	recorded_drop_looks();
	leftovers_free(made->daemon.leftovers);
	warnings_fini(&made->daemon.warnings);
	made->daemon.event = sd_event_unref(made->daemon.event);
	made_fini(made);
	mp_strbuf_fini(&recorded.text);
}

#define _cleanup_recorded_ _cleanup_(recorded_fini)

/*
 * The map exists in the kernel with this table, in which all paths are active; @table: parameters
 * of dm-multipath.
 */
static inline void recorded_table(struct daemon_map *map, const char *name, const char *table)
{
	struct mp_table *its = &map->map.kernel.table;

	made_exists(map, name);
	mp_table_fini(its);
	assert_int_equal(mp_table_parse(table, its), 0);
	its->size_sectors = 2048;
	its->start_group = its->group_count ? 1 : 0;
	for (size_t g = 0; g < its->group_count; g++)
		for (size_t p = 0; p < its->groups[g].path_count; p++)
			its->groups[g].paths[p].state = MP_DM_ACTIVE;
	map->map.ready = true;
	map->named = true;
	assert_int_equal(mp_map_update_groups(&map->map), 0);
}

/* A path that has been checked, has reported its WWID, and is in use. */
static inline struct daemon_path *recorded_path(struct made *made, char letter,
						struct daemon_map *map)
{
	struct daemon_path *path = made_path(made, letter, map);

	path->answered = true;
	path->answered_state = MP_PATH_UP;
	path->checker = mp_checker_find("tur");
	path->path.checker = path->checker->name;
	path->path.interval_sec = 5;
	path->path.proven_epoch = path->path.epoch;
	path->told_wwid = true;
	return path;
}

#define record(...) mp_strbuf_printf(&recorded.text, __VA_ARGS__)

static inline void record_for(uint64_t request)
{
	if (request)
		record(" for request %llu", (unsigned long long)request);
	record("\n");
}

/* Replaces that of libsystemd. */
int sd_event_now(sd_event *event, clockid_t clock, uint64_t *usec)
{
	(void)event;
	(void)clock;
	*usec = recorded.now_usec;
	return 0;
}

/* loop/ */

int timers_set(sd_event *event, sd_event_source **source, uint64_t usec,
	       sd_event_time_handler_t handler, void *userdata)
{
	size_t i = 0;

	if (!*source)
		assert_true(sd_event_add_time(event, source, CLOCK_MONOTONIC, usec, 0, handler,
					      userdata) >= 0);
	assert_true(sd_event_source_set_time(*source, usec) >= 0);
	while (i < recorded.timer_count && recorded.timers[i].source != *source)
		i++;
	assert_true(i < ARRAY_SIZE(recorded.timers));
	recorded.timers[i] = (struct recorded_timer){ *source, handler, userdata };
	recorded.timer_count += i == recorded.timer_count;
	record("timer in %llu s\n", (unsigned long long)((usec - recorded.now_usec) / 1000000));
	return 0;
}

struct slices {
	slices_step_fn step;
	void *userdata;
};

int slices_new(sd_event *event, slices_step_fn step, void *userdata, struct slices **ret)
{
	(void)event;
	*ret = malloc(sizeof(**ret));
	assert_non_null(*ret);
	**ret = (struct slices){ step, userdata };
	return 0;
}

struct slices *slices_free(struct slices *slices)
{
	free(slices);
	return NULL;
}

/* All of them at once. */
void slices_run(struct slices *slices)
{
	while (slices->step(slices->userdata))
		continue;
}

bool slices_go_on(const struct slices *slices)
{
	(void)slices;
	return false;
}

static inline const char *recorded_due_name(const struct agenda_entry *entry)
{
	return mp_path_name(&caa_container_of(entry, struct daemon_path, due)->path);
}

void agenda_init(struct agenda_entry *entry)
{
	entry->sec = 0;
}

int agenda_set(struct agenda *agenda, struct agenda_entry *entry, uint64_t usec)
{
	(void)agenda;
	entry->sec = usec / 1000000;
	record("%s is due in %llu s\n", recorded_due_name(entry),
	       (unsigned long long)((usec - recorded.now_usec) / 1000000));
	return 0;
}

void agenda_clear(struct agenda_entry *entry)
{
	if (entry->sec)
		record("%s is not due\n", recorded_due_name(entry));
	entry->sec = 0;
}

void pool_submit(struct pool *pool, struct work *work)
{
	(void)pool;
	recorded.work = work;
	recorded.lane = work->lane;
	if (recorded.work_count < ARRAY_SIZE(recorded.works))
		recorded.works[recorded.work_count++] = work;
	record("work\n");
}

bool pool_has_begun(const struct work *work)
{
	(void)work;
	return recorded.has_begun;
}

bool pool_awaits_turn(const struct pool *pool, const struct work *work)
{
	(void)pool;
	(void)work;
	return recorded.awaits_turn;
}

bool pool_lacks_places(const struct pool *pool, const struct work *work)
{
	(void)pool;
	(void)work;
	return recorded.lacks_places;
}

void server_reply(struct server *server, uint64_t id, const char *text, size_t length)
{
	(void)server;
	record("reply %llu: %.*s%s", (unsigned long long)id, (int)length, text,
	       length && text[length - 1] == '\n' ? "" : "\n");
}

void server_set_timeout(struct server *server, unsigned timeout_msec)
{
	(void)server;
	(void)timeout_msec;
}

/* jobs/ */

void checks_begin(struct check_job *job, uint64_t lane, uint64_t timeout_usec)
{
	(void)lane;
	recorded.check = job;
	record("check %s for at most %llu s\n", job->node,
	       (unsigned long long)(timeout_usec / 1000000));
}

void check_job_free(struct check_job *job)
{
	free(job->dir);
	free(job->prio_args);
	free(job->known);
	free(job->proof);
	free(job->page);
	free(job->vpd_text);
	free(job->prio);
	free(job->identity);
	free(job);
}

void checks_abandon(struct check_job *job)
{
	record("abandon the check of %s\n", job->node);
	check_job_free(job);
}

void descriptors_close(struct daemon *daemon, int fd, uint64_t lane)
{
	(void)daemon;
	(void)lane;
	record("close %d\n", fd);
}

void descriptors_begin_locking(struct daemon *daemon)
{
	(void)daemon;
	recorded.locking++;
}

void descriptors_end_locking(struct daemon *daemon)
{
	(void)daemon;
	recorded.locking--;
}

void devices_start(struct device_job *job)
{
	recorded_end_jobs();
	recorded.device = job;
	record("%s %s%s",
	       job->verb == DEVICE_REMOVE  ? "remove" :
	       job->verb == DEVICE_SUSPEND ? "suspend" :
					     "resume",
	       job->wwid, job->removal.deferred ? ", deferred" : "");
	record_for(job->request);
}

void devices_reassign(struct reassign_job *job)
{
	recorded_end_jobs();
	recorded.reassign = job;
	record("reassign to %s:", job->wwid);
	for (size_t i = 0; i < job->count; i++)
		record(" %u:%u", major(job->paths[i]), minor(job->paths[i]));
	record_for(job->request);
}

struct mp_config_source files_config_source(const struct daemon *daemon)
{
	return caa_container_of(daemon, struct made, daemon)->loaded.source;
}

bool files_wwid_created(struct daemon *daemon, const char *wwid)
{
	bool is_new = mp_wwids_remember(daemon->inventory.wwids, wwid) == 1;

	if (is_new)
		record("WWID %s is known from now on\n", wwid);
	return is_new;
}

void files_write(struct daemon *daemon)
{
	if (daemon->inventory.bindings_dirty)
		record("write the bindings\n");
}

bool files_is_writing(const struct daemon *daemon)
{
	(void)daemon;
	return false;
}

const char *files_dir(const struct daemon *daemon)
{
	return caa_container_of(daemon, struct made, daemon)->loaded.dir;
}

int files_add_unwritten(const struct daemon *daemon, struct mp_wwids *wwids)
{
	(void)daemon;
	(void)wwids;
	return 0;
}

void files_enter(struct daemon *daemon)
{
	(void)daemon;
}

void files_leave(struct daemon *daemon)
{
	(void)daemon;
}

void files_read_bindings(struct daemon *daemon)
{
	(void)daemon;
	record("read the bindings\n");
}

void files_read_wwids(struct daemon *daemon)
{
	(void)daemon;
	record("read the WWIDs\n");
}

void files_await_wwids(struct daemon_map *map)
{
	map->wwids_awaited = 1;
	record("read the WWIDs for %s\n", map->map.wwid);
}

/* The test answers with map->disks and path->scanned, and by marking the map. */
int holdings_read(struct daemon_map *map, uint64_t number, void (*ended)(struct holdings_job *job))
{
	recorded.holdings_number = number;
	recorded.holdings_ended = ended;
	record("read the disks of %s\n", map->map.wwid);
	return 0;
}

int holdings_read_paths(struct daemon_map *map,
			bool (*may_go_without)(const struct daemon_map *map))
{
	map->reads_paths = true;
	record("read the paths of %s%s\n", map->map.wwid,
	       may_go_without(map) ? ", or go on without" : "");
	return 0;
}

void looks_want(struct daemon *daemon)
{
	(void)daemon;
	record("look\n");
}

void looks_await(struct daemon *daemon, struct look_waiter *waiter)
{
	(void)daemon;
	cds_list_add_tail(&waiter->in_waiters, &recorded.look_waiters);
	record("look, and wait\n");
}

void looks_await_unused(struct daemon *daemon, struct look_waiter *waiter)
{
	(void)daemon;
	cds_list_add_tail(&waiter->in_waiters, &recorded.look_waiters);
	record("look at unused maps, and wait\n");
}

bool looks_have_unused(const struct daemon *daemon)
{
	(void)daemon;
	return recorded.has_unused;
}

const char messages_cancel_removal[] = "cancel the deferred removal";

int messages_send(struct daemon *daemon, const char *wwid, const char *text, uint64_t request,
		  void (*ended)(struct message_job *job))
{
	recorded.message =
		(struct message_job){ .daemon = daemon, .ended = ended, .request = request };
	snprintf(recorded.message.wwid, sizeof(recorded.message.wwid), "%s", wwid);
	snprintf(recorded.message.text, sizeof(recorded.message.text), "%s", text);
	record("message %s: %s", wwid, text);
	record_for(request);
	return 0;
}

int ports_write(const struct daemon_path *path, enum port_state state, ports_written_fn written)
{
	recorded.ports_written = written;
	record("port of %s is %s\n", mp_path_name(&path->path),
	       state == PORT_MARGINAL ? "marginal" : "online");
	return 0;
}

void rescans_start(struct daemon_path *path)
{
	record("rescan %s\n", mp_path_name(&path->path));
}

void rescans_delete(struct daemon_path *path)
{
	record("delete %s\n", mp_path_name(&path->path));
}

int samples_start(struct daemon_path *path, unsigned duration_sec, samples_ended_fn ended)
{
	recorded.samples_ended = ended;
	path->sampling = (struct sampling *)&recorded; /* under way: nobody looks into it */
	record("sample %s for %u s\n", mp_path_name(&path->path), duration_sec);
	return 0;
}

void samples_stop(struct daemon_path *path)
{
	if (path->sampling)
		record("stop sampling %s\n", mp_path_name(&path->path));
	path->sampling = NULL;
}

void tables_start(struct table_job *job)
{
	_cleanup_strbuf_ struct mp_strbuf params = MP_STRBUF_INIT;

	recorded_end_jobs();
	recorded.table = job;
	mp_table_format(&job->table, &params);
	record("%s%s%s%s%s", job->rename ? "rename " : "", job->create ? "create " : "",
	       job->resize ? "resize " : "", job->load ? "load " : "", job->name);
	if (job->create || job->load)
		record(": %llu %s", (unsigned long long)job->table.size_sectors,
		       mp_strbuf_text(&params));
	for (size_t i = 0; i < job->bad_count; i++)
		record("%s%u:%u", i ? " " : ", not using ", major(job->bad[i]), minor(job->bad[i]));
	record("\n");
}

void tables_call_off(struct table_job *job)
{
	job->called_off = true;
	record("call off the load of %s\n", job->wwid);
}

void table_job_free(struct table_job *job)
{
	if (recorded.table == job)
		recorded.table = NULL;
	mp_table_fini(&job->table);
	mp_dm_map_fini(&job->kernel);
	free(job->locks);
	free(job->bad);
	free(job->delimiter);
	free(job->name);
	free(job);
}

void triggers_start(struct daemon *daemon, const char *dir, const char *action)
{
	(void)daemon;
	record("trigger %s of \"%s\"\n", action, dir);
}

void triggers_claim(struct daemon_path *path)
{
	record("claim %s\n", mp_path_name(&path->path));
}

void triggers_release(struct daemon_map *map)
{
	record("release %s\n", map->map.wwid);
}

bool tuning_start(struct daemon_map *map, tuning_ended_fn ended)
{
	recorded.tuning_ended = ended;
	if (recorded.tunes)
		record("tune %s\n", map->map.wwid);
	return recorded.tunes;
}

bool tuning_repeat(struct daemon_path *path)
{
	record("tune %s again\n", mp_path_name(&path->path));
	return path->tuning_refused;
}

void tuning_forget(struct daemon_path *path)
{
	record("look at the tuning of %s again\n", mp_path_name(&path->path));
}
