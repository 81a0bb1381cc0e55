/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/geoms.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "config/geom_notes.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/sectors.h"
#include "gmultipath/taste.h"
#include "gmultipath/verbs.h"
#include "kernel/scsi.h"
#include "model/geom.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/schedule.h"
#include "multipathd/control/settings.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

#define RUN_DIR RUNTIME_DIR "/" MP_GEOM_RUN_DIR

enum {
	/* Time for a disk named in a command to answer. */
	REACH_SEC = 2,
	/*
	 * When the last good path fails, the others are restored, at most this often: a request
	 * that fails on all paths must end.
	 */
	RESTORE_EVERY_SEC = 10,
};

static const uint64_t usec_per_sec = 1000000;

struct geom_job {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	bool for_command; /* of multipathd's own: the answer is as theirs */
	char *text; /* of a verb: cut into words */
	const char **words;
	size_t count;
	/* ids of maps' paths whose map is not to be made meanwhile; room for one a word */
	uint64_t *kept;
	size_t kept_count;
	size_t reaching; /* disks that are asked whether they answer */
	dev_t *silent; /* those that did not */
	size_t silent_count;
	struct member *members; /* the map's paths */
	size_t member_count;
	char wwid[MP_WWID_SIZE]; /* of a reaction */
	enum taste_verdict verdict;
	struct provider provider; /* of a disk that is tasted */
	bool has_label;
	int result;
	struct mp_strbuf out, err;
	struct look_waiter look;
	struct cds_list_head in_answers; /* while it waits for that */
};

static void job_free(struct geom_job *job)
{
	mp_strbuf_fini(&job->out);
	mp_strbuf_fini(&job->err);
	free(job->text);
	free(job->words);
	free(job->kept);
	free(job->silent);
	free(job->members);
	free(job);
}

static struct geom_job *job_new(struct daemon *daemon, void (*run)(struct work *work),
				void (*done)(struct work *work), uint64_t lane)
{
	struct geom_job *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->daemon = daemon;
	job->work = (struct work){ .run = run, .done = done, .lane = lane, .exclusive = true };
	return job;
}

static void log_lines(const struct mp_strbuf *text)
{
	for (const char *line = mp_strbuf_text(text); *line;) {
		size_t length = strcspn(line, "\n");

		log_warning("gmultipath: %.*s", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

void geoms_init(struct daemon *daemon)
{
	struct mp_strbuf *notes = &daemon->inventory.geom_notes;
	int r;

	mp_strbuf_clear(notes);
	r = mp_geom_notes_load(STATE_DIR, MP_GEOM_NOTES_FILE, notes);
	if (r < 0)
		log_error(STATE_DIR "/" MP_GEOM_NOTES_FILE ": %s", strerror(-r));
	daemon->geoms_tasted = daemon->inventory.duties->mends_geoms && r == 0 &&
			       !mp_geom_notes_has(notes, "load no") &&
			       mp_geom_notes_has(notes, "known");
}

static void sweep_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct engine engine;

	if (engine_open(&engine, true) >= 0 && changes_sweep(&engine) >= 0)
		sectors_complete_labels(&engine);
	mp_strbuf_puts(&job->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void sweep_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);

	log_lines(&job->err);
	job_free(job);
}

void geoms_sweep(struct daemon *daemon)
{
	struct geom_job *job;

	if (access(RUN_DIR, F_OK) < 0)
		return;
	job = job_new(daemon, sweep_run, sweep_done, LANE_GEOMS);
	if (job)
		pool_submit(daemon->pool, &job->work);
}

/* ---- verbs */

static void read_again(struct daemon *daemon)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		daemon_map_of(map)->read_again |= daemon_map_of(map)->kind == &geoms_kind;
}

static void verb_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	const struct verbs_caller caller = {
		.watches = true,
		.silent = job->silent,
		.silent_count = job->silent_count,
	};

	job->result = verbs_run(job->words, job->count, &caller, &job->out, &job->err);
}

static void verb_answer(struct geom_job *job)
{
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;

	if (!job->for_command)
		verbs_reply(job->result, &job->out, &job->err, &reply);
	else
		mp_strbuf_printf(&reply, job->result ? "fail\n%s" : "ok\n",
				 mp_strbuf_text(&job->err));
	daemon_reply(job->daemon, job->request, reply.error ? "fail\n" : mp_strbuf_text(&reply));
}

/* Paths that a verb names are not to be taken for a map of their WWID while it runs. */
static void keep_paths(struct geom_job *job)
{
	for (size_t i = 1; i < job->count; i++) {
		struct daemon_path *path = paths_find(&job->daemon->inventory, job->words[i]);
		struct daemon_map *map = path && path->path.map ? daemon_map_of(path->path.map) :
								  NULL;

		if (!map || map->map.kernel.exists || map->keep_uncreated)
			continue;
		map->keep_uncreated = true;
		job->kept[job->kept_count++] = path->path.id;
	}
}

static void let_paths(struct geom_job *job)
{
	for (size_t i = 0; i < job->kept_count; i++) {
		struct daemon_path *path = paths_find_id(&job->daemon->inventory, job->kept[i]);
		struct daemon_map *map = path && path->path.map ? daemon_map_of(path->path.map) :
								  NULL;

		if (!map || map->kind == &geoms_kind)
			continue;
		map->keep_uncreated = false;
		maps_touch(map, "gmultipath released its paths");
	}
}

static void verb_on_looked(struct look_waiter *waiter)
{
	struct geom_job *job = caa_container_of(waiter, struct geom_job, look);

	cds_list_del(&job->in_answers);
	verb_answer(job);
	job_free(job);
}

static void verb_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct daemon *daemon = job->daemon;

	if (job->work.skipped) {
		job->result = 1;
		mp_strbuf_puts(&job->err, "the daemon is ending\n");
	}
	if (job->result)
		let_paths(job);
	if (!job->count || !verbs_changes(job->words[0])) {
		verb_answer(job);
		job_free(job);
		return;
	}
	log_notice("gmultipath %s %s: %s", job->words[0], job->count > 1 ? job->words[1] : "",
		   job->result ? "failed" : "done");
	geoms_init(daemon);
	/* The client's next request must see the result. */
	cds_list_add_tail(&job->in_answers, &daemon->geom_answers);
	job->look.looked = verb_on_looked;
	read_again(daemon);
	looks_await(daemon, &job->look);
}

void geoms_drop_waiting(struct daemon *daemon)
{
	struct geom_job *job, *next;

	cds_list_for_each_entry_safe(job, next, &daemon->geom_answers, in_answers) {
		cds_list_del(&job->in_answers);
		cds_list_del(&job->look.in_waiters);
		job_free(job);
	}
}

/*
 * ---- disks that a verb accesses: each is probed on its own lane first, so that one that hangs
 * blocks nothing else
 */

struct reach_job {
	struct work work;
	struct geom_job *job; /* NULL: it goes on without */
	dev_t devt;
};

static void reach_run(struct work *work)
{
	struct reach_job *reach = caa_container_of(work, struct reach_job, work);
	_cleanup_close_ int fd = provider_open(reach->devt, NULL, O_RDONLY | O_DIRECT);
	struct mp_label_disk disk;
	struct mp_label label;

	if (fd >= 0)
		mp_label_read(fd, &disk, &label);
}

static void reach_ended(struct reach_job *reach)
{
	struct geom_job *job = reach->job;

	reach->job = NULL;
	if (job && --job->reaching == 0)
		pool_submit(job->daemon->pool, &job->work);
}

static void reach_expired(struct work *work)
{
	struct reach_job *reach = caa_container_of(work, struct reach_job, work);
	struct geom_job *job = reach->job;

	if (job)
		job->silent[job->silent_count++] = reach->devt;
	reach_ended(reach);
}

static void reach_done(struct work *work)
{
	struct reach_job *reach = caa_container_of(work, struct reach_job, work);

	reach_ended(reach);
	free(reach);
}

/* Its own lane, independent of other disks of its nexus that may hang. */
static uint64_t lane_of_disk(dev_t devt)
{
	return work_lane_number(WORK_QUESTIONS, mp_hash_number(UINT64_C(1) << 63 | devt));
}

static void reach(struct geom_job *job, dev_t devt, uint64_t lane)
{
	dev_t *silent = reallocarray(job->silent, job->reaching + 1, sizeof(*silent));
	struct reach_job *reach = calloc(1, sizeof(*reach));

	if (silent)
		job->silent = silent;
	if (!silent || !reach) {
		free(reach);
		return;
	}
	reach->work = (struct work){ .run = reach_run,
				     .done = reach_done,
				     .expired = reach_expired,
				     .lane = lane,
				     .timeout_usec = REACH_SEC * usec_per_sec };
	reach->job = job;
	reach->devt = devt;
	job->reaching++;
	pool_submit(job->daemon->pool, &reach->work);
}

static void reach_named(struct geom_job *job, size_t first)
{
	for (size_t i = first; i < job->count; i++) {
		char node[PATH_MAX];
		struct stat st;

		snprintf(node, sizeof(node), "%s%s", *job->words[i] == '/' ? "" : "/dev/",
			 job->words[i]);
		if (!strncmp(node, "/dev/", 5) && stat(node, &st) == 0 && S_ISBLK(st.st_mode))
			reach(job, st.st_rdev, lane_of_disk(st.st_rdev));
	}
}

/*
 * Failed paths: before they are loaded or restored, they are asked which LUN they lead to.
 */
static void reach_failed(struct geom_job *job, const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			if (table->groups[g].paths[p].state == MP_DM_FAILED)
				reach(job, table->groups[g].paths[p].devt,
				      lane_of_disk(table->groups[g].paths[p].devt));
}

static size_t good_count(const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;
	size_t good = 0;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			good += table->groups[g].paths[p].state != MP_DM_FAILED;
	return good;
}

/* Return: true if a disk is probed. The verb runs when all have answered or timed out. */
static bool reach_disks(struct geom_job *job)
{
	struct daemon *daemon = job->daemon;
	const struct daemon_map *map = NULL;
	const struct mp_path *path;
	size_t named = 0, first;
	unsigned disks = verbs_disks(job->words, job->count, &named, &first);

	if (disks & (VERBS_DISKS_OF_MAP | VERBS_FAILED_DISKS))
		map = maps_find_name(&daemon->inventory, job->words[named]);
	if (disks & VERBS_NAMED_DISKS)
		reach_named(job, first);
	if (map && (disks & VERBS_DISKS_OF_MAP))
		cds_list_for_each_entry(path, &map->map.paths, in_map)
			reach(job, path->identity.devt, lane_of_disk(path->identity.devt));
	if (map && (disks & VERBS_FAILED_DISKS) &&
	    (!verbs_is_urgent(job->words[0]) || good_count(map) <= 1))
		reach_failed(job, map);
	/* There may be many, and a dead port must hold few threads. */
	if (disks & VERBS_EVERY_DISK)
		cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
			reach(job, path->identity.devt, lane_of_path(&path->identity));
	return job->reaching > 0;
}

static int take_words(struct geom_job *job, const char *text)
{
	size_t words = 1;
	char *rest, *word;

	for (const char *c = text; *c; c++)
		words += *c == ' ';
	job->text = strdup(text);
	job->words = calloc(words, sizeof(*job->words));
	job->kept = calloc(words, sizeof(*job->kept));
	if (!job->text || !job->words || !job->kept)
		return -ENOMEM;
	for (word = strtok_r(job->text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		job->words[job->count++] = word;
	return 0;
}

/* On the map's own lane, after the reactions to it, independent of what hangs elsewhere. */
static void choose_lane(struct geom_job *job)
{
	const struct daemon_map *map;

	if (job->count < 2 || !verbs_is_urgent(job->words[0]))
		return;
	map = maps_find_name(&job->daemon->inventory, job->words[1]);
	if (map)
		job->work.lane = lane_of_table(map->map.wwid);
}

bool geoms_change_path(struct daemon_path *path, const char *verb, uint64_t request)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct geom_job *job;

	if (!map || map->kind != &geoms_kind)
		return false;
	mp_strbuf_printf(&text, "%s -- %s %s", verb, map->map.name, path->path.identity.name);
	job = job_new(path->inventory->daemon, verb_run, verb_done, LANE_GEOMS);
	if (!job || text.error || take_words(job, mp_strbuf_text(&text)) < 0) {
		if (job)
			job_free(job);
		daemon_reply(path->inventory->daemon, request, "fail\n");
		return true;
	}
	job->request = request;
	job->for_command = true;
	choose_lane(job);
	if (!reach_disks(job))
		pool_submit(path->inventory->daemon->pool, &job->work);
	return true;
}

bool geoms_serve(struct daemon *daemon, uint64_t request, const char *text)
{
	struct geom_job *job;

	if (strncmp(text, "@geom ", 6))
		return false;
	job = job_new(daemon, verb_run, verb_done, LANE_GEOMS);
	if (!job || take_words(job, text + 6) < 0) {
		if (job)
			job_free(job);
		daemon_reply(daemon, request, "fail\n");
		return true;
	}
	job->request = request;
	if (job->count && !verbs_changes(job->words[0])) {
		/* Verbs that only print never wait. */
		job->work.lane = LANE_GEOM_LISTS;
		job->work.exclusive = false;
	} else {
		choose_lane(job);
		keep_paths(job);
	}
	if (!reach_disks(job))
		pool_submit(daemon->pool, &job->work);
	return true;
}

/* ---- paths */

/* Return: 0, -ENOENT if nothing is recorded. */
static int noted_wwid(const struct daemon_path *path, const struct mp_strbuf *notes,
		      const char *map_wwid, char *ret, size_t size)
{
	static const char *const kinds[] = { "foreign ", MP_GEOM_NOTE_LUN };
	_cleanup_strbuf_ struct mp_strbuf lasting = MP_STRBUF_INIT;
	const dev_t devt = path->path.identity.devt;
	char words[MP_WWID_SIZE + 32];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(words, sizeof(words), "%s%s %u:%u", kinds[i], map_wwid, major(devt),
			 minor(devt));
		/* A serial number is not a WWID, and cannot be compared with sysfs. */
		if (mp_geom_notes_next(notes, words, ret, size) == 0 &&
		    strncmp(ret, MP_SCSI_SERIAL_NAME, strlen(MP_SCSI_SERIAL_NAME)))
			return 0;
	}
	/* Read the current notes: a verb that moves the label to another disk may be running. */
	if (strncmp(map_wwid, MP_GEOM_WWID_AUTOMATIC, strlen(MP_GEOM_WWID_AUTOMATIC)) ||
	    mp_geom_notes_load(STATE_DIR, MP_GEOM_NOTES_FILE, &lasting) < 0 ||
	    mp_geom_notes_wwid(&lasting, map_wwid + strlen(MP_GEOM_WWID_AUTOMATIC), ret, size) <
		    0 ||
	    !*ret)
		return -ENOENT;
	return 0;
}

/*
 * The WWID that the path had when it was added: as recorded, else as of its scan. It is the one
 * that the device reports; udev's depends on the configuration.
 */
static void take_wwid(struct daemon_path *path, const struct mp_strbuf *notes, const char *map_wwid)
{
	char wwid[MP_WWID_SIZE], told[MP_WWID_SIZE];

	taste_wwid(path->path.identity.devt, told, sizeof(told));
	if (!path->geom_wwid)
		path->geom_wwid = strdup(
			noted_wwid(path, notes, map_wwid, wwid, sizeof(wwid)) == 0 ? wwid : told);
	path->geom_foreign = path->geom_wwid && *path->geom_wwid && *told &&
			     strcmp(path->geom_wwid, told);
}

static void geoms_on_joined(struct daemon_map *map, struct daemon_path *path)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;

	if (mp_geom_notes_load(RUN_DIR, MP_GEOM_RUN_FILE, &notes) == 0)
		take_wwid(path, &notes, map->map.wwid);
}

/* A path failed by hand is not checked, so that it is not restored. */
static void take_notes(struct daemon_map *map)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	struct mp_path *path;

	if (mp_geom_notes_load(RUN_DIR, MP_GEOM_RUN_FILE, &notes) < 0)
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		char words[MP_WWID_SIZE + 32];
		bool by_hand;

		snprintf(words, sizeof(words), "failed %s %u:%u", map->map.wwid,
			 major(path->identity.devt), minor(path->identity.devt));
		by_hand = mp_geom_notes_has(&notes, words);
		if (path->checker_disabled && !by_hand) {
			path->checker_disabled = false;
			schedule_soon(daemon_path_of(path));
		}
		path->checker_disabled = by_hand;
		if (!daemon_path_of(path)->geom_wwid)
			take_wwid(daemon_path_of(path), &notes, map->map.wwid);
	}
}

/* A path that left goes back to the map of its WWID, in memory only; that map is not touched here.
 */
static void leave(struct mp_path *path)
{
	struct daemon_path *left = daemon_path_of(path);

	mp_map_remove_path(path);
	path->checker_disabled = false;
	free(left->geom_wwid);
	left->geom_wwid = NULL;
	left->geom_foreign = false;
	if (path->init != MP_INIT_OK)
		return;
	if (membership_join(left, false) < 0) {
		log_error("%s: cannot add path to its map: out of memory", mp_path_name(path));
		return;
	}
	if (path->map && !path->map->kernel.exists)
		daemon_map_of(path->map)->keep_uncreated = true;
	schedule_soon(left);
}

static bool needs_reaction(const struct daemon_map *map)
{
	return map->map.kernel.split || !good_count(map) ||
	       !mp_table_has_feature(&map->map.kernel.table, "queue_if_no_path");
}

static void react(struct daemon_map *map);

static void geoms_on_table(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	const struct mp_table *table = &map->map.kernel.table;
	struct mp_path *path, *next;

	if (!map->by_table) {
		map->by_table = true;
		inventory->by_table_count++;
	}
	map->named = true;
	cds_list_for_each_entry_safe(path, next, &map->map.paths, in_map)
		if (!mp_table_find(table, path->identity.devt))
			leave(path);
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			struct daemon_path *member =
				paths_find_devt(inventory, table->groups[g].paths[p].devt);
			struct mp_map *former = member ? member->path.map : NULL;

			if (!member || former == &map->map)
				continue;
			mp_map_add_path(&map->map, &member->path);
			settings_resolve(map);
			if (former)
				maps_touch(daemon_map_of(former),
					   "gmultipath uses one of its paths");
		}
	take_notes(map);
	mp_map_update_groups(&map->map);
}

static void geoms_on_states(struct daemon_map *map, bool io_failed)
{
	map->io_failed |= io_failed;
	if (needs_reaction(map))
		react(map);
}

static void geoms_on_gone(struct daemon_map *map)
{
	struct inventory *inventory = map->inventory;
	_cleanup_free_ uint64_t *ids = NULL;
	struct mp_path *path;
	size_t count = 0, n = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	ids = calloc(count + 1, sizeof(*ids));
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (ids)
			ids[n++] = path->id;
	membership_forget(map);
	while (n--) {
		struct daemon_path *left = paths_find_id(inventory, ids[n]);

		if (left && !left->path.map)
			leave(&left->path);
	}
}

/* ---- reactions */

static void react_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct engine engine;

	job->result = engine_open_urgently(&engine, true);
	engine.silent = job->silent;
	engine.silent_count = job->silent_count;
	if (job->result >= 0)
		job->result = taste_react(&engine, job->wwid, job->verdict, job->members,
					  job->member_count);
	mp_strbuf_puts(&job->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void react_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct daemon_map *map = maps_find_wwid(&job->daemon->inventory, job->wwid);

	log_lines(&job->err);
	if (map) {
		map->reacting = false;
		if (job->result == TASTE_RESTORED) {
			map->restored_usec = daemon_now_usec(job->daemon);
			log_notice("%s: last good path failed, restoring the other paths",
				   map->map.name);
		}
		/* A look triggers a reaction, so look again only after a change. */
		if (job->result > TASTE_NOTHING) {
			map->read_again = true;
			looks_want(job->daemon);
		}
		if (map->react_again) {
			map->react_again = false;
			react(map);
		}
	}
	job_free(job);
}

bool geoms_is_foreign(const struct daemon_path *path)
{
	return path->path.wrong_wwid || path->geom_foreign;
}

static bool has_foreign(const struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (geoms_is_foreign(daemon_path_of(path)) &&
		    mp_table_find(&map->map.kernel.table, path->identity.devt))
			return true;
	return false;
}

static bool has_departed(dev_t devt)
{
	char file[64];

	snprintf(file, sizeof(file), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	return access(file, F_OK) < 0;
}

static bool has_lost(const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			if (has_departed(table->groups[g].paths[p].devt))
				return true;
	return false;
}

static bool has_good_path(const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			dev_t devt = table->groups[g].paths[p].devt;
			const struct daemon_path *path = paths_find_devt(map->inventory, devt);

			if (table->groups[g].paths[p].state != MP_DM_FAILED &&
			    !has_departed(devt) && !(path && geoms_is_foreign(path)))
				return true;
		}
	return false;
}

static int take_members(struct geom_job *job, const struct daemon_map *map)
{
	struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	job->members = calloc(count + 1, sizeof(*job->members));
	if (!job->members)
		return -ENOMEM;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct daemon_path *managed = daemon_path_of(path);
		struct member *member = &job->members[job->member_count];

		if (!managed->geom_wwid)
			continue;
		member->devt = path->identity.devt;
		member->foreign = geoms_is_foreign(managed);
		snprintf(member->wwid, sizeof(member->wwid), "%s", managed->geom_wwid);
		job->member_count++;
	}
	return 0;
}

static void react(struct daemon_map *map)
{
	struct daemon *daemon = map->inventory->daemon;
	struct geom_job *job;

	if (!daemon->inventory.duties->mends_geoms)
		return;
	if (map->reacting) {
		map->react_again = true;
		return;
	}
	job = job_new(daemon, react_run, react_done, lane_of_table(map->map.wwid));
	if (!job || take_members(job, map) < 0) {
		if (job)
			job_free(job);
		return;
	}
	map->had_foreign = has_foreign(map);
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	/*
	 * Only after an I/O error: paths that their checkers report as down are restored by them.
	 */
	job->verdict =
		has_good_path(map) ? TASTE_NO_VERDICT :
		map->io_failed && (!map->restored_usec ||
				   daemon_now_usec(daemon) >
					   map->restored_usec + RESTORE_EVERY_SEC * usec_per_sec) ?
				     TASTE_RESTORE :
				     TASTE_FAIL;
	map->io_failed = false;
	map->reacting = true;
	/* Others are restored, or a table without a lost path is loaded. */
	if (job->verdict == TASTE_RESTORE || map->had_foreign || has_lost(map))
		reach_failed(job, map);
	if (!job->reaching)
		pool_submit(daemon->pool, &job->work);
}

static void geoms_on_touched(struct daemon_map *map)
{
	daemon_answer(map, "ok\n");
	if (!map->map.kernel.exists)
		geoms_on_gone(map);
	else if (has_foreign(map) || map->had_foreign || has_lost(map))
		react(map);
}

/* ---- labels */

static void taste_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct engine engine;

	job->result = engine_open(&engine, true);
	if (job->result >= 0)
		job->result = taste_disk(&engine, &job->provider, TASTE_KNOWN);
	mp_strbuf_puts(&job->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void taste(struct daemon *daemon, const struct provider *provider);

static void taste_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);

	log_lines(&job->err);
	if (job->result > 0) {
		log_notice("%s: added to the map of its label", job->provider.name);
		geoms_init(job->daemon);
		read_again(job->daemon);
		looks_want(job->daemon);
	}
	if (job->result == -ETIMEDOUT)
		taste(job->daemon, &job->provider);
	job_free(job);
}

static void taste(struct daemon *daemon, const struct provider *provider)
{
	struct geom_job *job = job_new(daemon, taste_run, taste_done, LANE_GEOMS);

	if (!job)
		return;
	job->provider = *provider;
	pool_submit(daemon->pool, &job->work);
}

/* On the path's own lane, because it may hang. */
static void label_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	_cleanup_close_ int fd =
		provider_open(job->provider.devt, job->provider.name, O_RDONLY | O_DIRECT);
	struct mp_label label;

	job->has_label = fd >= 0 && mp_label_read(fd, &job->provider.disk, &label) == 0;
}

static void label_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);

	if (job->has_label)
		taste(job->daemon, &job->provider);
	job_free(job);
}

void geoms_on_up(struct daemon_path *path)
{
	struct daemon *daemon = path->inventory->daemon;
	struct geom_job *job;

	if (!daemon->geoms_tasted || (path->path.map && path->path.map->kernel.exists))
		return;
	job = job_new(daemon, label_run, label_done, lane_of_path(&path->path.identity));
	if (!job)
		return;
	job->work.exclusive = false;
	job->provider.devt = path->path.identity.devt;
	snprintf(job->provider.name, sizeof(job->provider.name), "%s", path->path.identity.name);
	pool_submit(daemon->pool, &job->work);
}

const struct map_kind geoms_kind = {
	.paths_by_table = true,
	.queues_only_watched = true,
	.failed_paths_rest = true,
	.on_table = geoms_on_table,
	.on_joined = geoms_on_joined,
	.on_states = geoms_on_states,
	.on_touched = geoms_on_touched,
	.on_gone = geoms_on_gone,
};
