/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/geoms.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "config/geom_notes.h"
#include "gmultipath/engine.h"
#include "gmultipath/taste.h"
#include "gmultipath/verbs.h"
#include "model/geom.h"
#include "multipathd/apply.h"
#include "multipathd/checks.h"
#include "multipathd/daemon.h"
#include "multipathd/dmevents.h"
#include "multipathd/maps.h"
#include "multipathd/paths.h"

#define RUN_DIR RUNTIME_DIR "/" MP_GEOM_RUN_DIR

enum {
	WORDS = 80,
	/* Others are restored when the last good path fails, but not again so soon: then a request fails everywhere. */
	RESTORE_EVERY_SEC = 10,
};

static const uint64_t usec_per_sec = 1000000;

struct geom_job {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	char *text; /* of a verb: cut into words */
	const char *words[WORDS];
	size_t count;
	uint64_t kept[WORDS]; /* ids of maps' paths whose map is not to be made meanwhile */
	size_t kept_count;
	char wwid[MP_WWID_SIZE]; /* of a reaction */
	bool may_restore;
	struct provider provider; /* of a disk that is tasted */
	bool has_label;
	int result;
	struct mp_strbuf out, err;
	struct cds_list_head in_answers;
};

static void job_free(struct geom_job *job)
{
	mp_strbuf_fini(&job->out);
	mp_strbuf_fini(&job->err);
	free(job->text);
	free(job);
}

static struct geom_job *job_new(struct daemon *daemon, void (*run)(struct work *work), void (*done)(struct work *work),
				uint64_t lane)
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
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	int r = mp_geom_notes_load(STATE_DIR, MP_GEOM_NOTES_FILE, &notes);

	if (r < 0)
		log_error(STATE_DIR "/" MP_GEOM_NOTES_FILE ": %s", strerror(-r));
	daemon->geoms_tasted = r == 0 && !mp_geom_notes_has(&notes, "load no") && mp_geom_notes_has(&notes, "known");
}

bool geoms_owns(const struct daemon_map *map)
{
	return mp_geom_is_wwid(map->map.wwid);
}

struct daemon_map *geoms_find_member(const struct daemon_path *path)
{
	struct mp_map *map;

	if (!path->daemon->geom_count)
		return NULL;
	cds_list_for_each_entry(map, &path->daemon->maps, in_all)
		if (mp_geom_is_wwid(map->wwid) && map->kernel.exists &&
		    mp_table_find(&map->kernel.table, path->path.identity.devt))
			return daemon_map_of(map);
	return NULL;
}

/* ---- verbs */

static void look_again(struct daemon *daemon)
{
	struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->maps, in_all)
		daemon_map_of(map)->read_again |= mp_geom_is_wwid(map->wwid);
	dmevents_look(daemon);
}

static void verb_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);

	job->result = verbs_run(job->words, job->count, true, &job->out, &job->err);
}

static void verb_answer(struct geom_job *job)
{
	_cleanup_strbuf_ struct mp_strbuf reply = MP_STRBUF_INIT;

	mp_strbuf_printf(&reply, "exit %d %zu\n", job->result, job->out.length);
	mp_strbuf_puts(&reply, mp_strbuf_text(&job->out));
	mp_strbuf_puts(&reply, mp_strbuf_text(&job->err));
	apply_reply(job->daemon, job->request, reply.error ? "fail\n" : mp_strbuf_text(&reply));
}

/* Paths that a verb names are not to be taken for a map of their WWID while it runs. */
static void keep_paths(struct geom_job *job)
{
	for (size_t i = 1; i < job->count; i++) {
		struct daemon_path *path = paths_find(job->daemon, job->words[i]);
		struct daemon_map *map = path && path->path.map ? daemon_map_of(path->path.map) : NULL;

		if (!map || map->map.kernel.exists || map->keep_uncreated)
			continue;
		map->keep_uncreated = true;
		job->kept[job->kept_count++] = path->path.id;
	}
}

static void let_paths(struct geom_job *job)
{
	for (size_t i = 0; i < job->kept_count; i++) {
		struct daemon_path *path = paths_find_id(job->daemon, job->kept[i]);
		struct daemon_map *map = path && path->path.map ? daemon_map_of(path->path.map) : NULL;

		if (!map || geoms_owns(map))
			continue;
		map->keep_uncreated = false;
		maps_touch(map, "gmultipath does not take its paths");
	}
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
	/* What the client asks next shows what it did. */
	cds_list_add_tail(&job->in_answers, &daemon->geom_answers);
	look_again(daemon);
}

void geoms_on_looked(struct daemon *daemon)
{
	struct geom_job *job, *next;

	if (daemon->status_running)
		return;
	cds_list_for_each_entry_safe(job, next, &daemon->geom_answers, in_answers) {
		cds_list_del(&job->in_answers);
		verb_answer(job);
		job_free(job);
	}
}

void geoms_drop_waiting(struct daemon *daemon)
{
	struct geom_job *job, *next;

	cds_list_for_each_entry_safe(job, next, &daemon->geom_answers, in_answers) {
		cds_list_del(&job->in_answers);
		job_free(job);
	}
}

bool geoms_serve(struct daemon *daemon, uint64_t request, const char *text)
{
	struct geom_job *job;
	char *rest, *word;

	if (strncmp(text, "@geom ", 6))
		return false;
	job = job_new(daemon, verb_run, verb_done, LANE_GEOMS);
	if (job)
		job->text = strdup(text + 6);
	if (!job || !job->text) {
		free(job);
		apply_reply(daemon, request, "fail\n");
		return true;
	}
	job->request = request;
	for (word = strtok_r(job->text, " ", &rest); word && job->count < WORDS; word = strtok_r(NULL, " ", &rest))
		job->words[job->count++] = word;
	if (job->count && verbs_changes(job->words[0]))
		keep_paths(job);
	pool_submit(daemon->pool, &job->work);
	return true;
}

/* ---- paths */

/* What the administrator failed by hand is not checked: nobody restores it. */
static void take_by_hand(struct daemon_map *map)
{
	_cleanup_strbuf_ struct mp_strbuf notes = MP_STRBUF_INIT;
	struct mp_path *path;

	if (mp_geom_notes_load(RUN_DIR, MP_GEOM_RUN_FILE, &notes) < 0)
		return;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		char words[MP_WWID_SIZE + 32];
		bool by_hand;

		snprintf(words, sizeof(words), "failed %s %u:%u", map->map.wwid, major(path->identity.devt),
			 minor(path->identity.devt));
		by_hand = mp_geom_notes_has(&notes, words);
		if (path->checker_disabled && !by_hand) {
			path->checker_disabled = false;
			checks_soon(daemon_path_of(path));
		}
		path->checker_disabled = by_hand;
	}
}

/* A path that has left: its own WWID's map has it again, in memory; who wants it made says so. */
static void leave(struct mp_path *path)
{
	struct daemon_path *left = daemon_path_of(path);

	mp_map_remove_path(path);
	path->checker_disabled = false;
	if (path->init != MP_INIT_OK)
		return;
	if (maps_join(left, false) < 0) {
		log_error("%s: does not join its map: out of memory", mp_path_name(path));
		return;
	}
	if (path->map && !path->map->kernel.exists)
		daemon_map_of(path->map)->keep_uncreated = true;
	checks_soon(left);
}

static bool needs_reaction(const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;
	bool queues = mp_table_has_feature(table, "queue_if_no_path");
	size_t good = 0;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			good += table->groups[g].paths[p].state != MP_DM_FAILED;
	return map->map.kernel.split || !good || !queues;
}

static void react(struct daemon_map *map);

void geoms_on_table(struct daemon_map *map)
{
	struct daemon *daemon = map->daemon;
	const struct mp_table *table = &map->map.kernel.table;
	struct mp_path *path, *next;

	if (!map->is_geom) {
		map->is_geom = true;
		daemon->geom_count++;
	}
	map->named = true;
	cds_list_for_each_entry_safe(path, next, &map->map.paths, in_map)
		if (!mp_table_find(table, path->identity.devt))
			leave(path);
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			struct daemon_path *member = paths_find_devt(daemon, table->groups[g].paths[p].devt);
			struct mp_map *former = member ? member->path.map : NULL;

			if (!member || former == &map->map)
				continue;
			mp_map_add_path(&map->map, &member->path);
			maps_resolve_settings(map);
			if (former)
				maps_touch(daemon_map_of(former), "gmultipath has taken a path");
		}
	take_by_hand(map);
	mp_map_update_groups(&map->map);
}

void geoms_on_states(struct daemon_map *map, bool io_failed)
{
	map->io_failed |= io_failed;
	if (needs_reaction(map))
		react(map);
}

void geoms_on_gone(struct daemon_map *map)
{
	struct daemon *daemon = map->daemon;
	_cleanup_free_ uint64_t *ids = NULL;
	struct mp_path *path;
	size_t count = 0, n = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	ids = calloc(count + 1, sizeof(*ids));
	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (ids)
			ids[n++] = path->id;
	maps_forget(map);
	while (n--) {
		struct daemon_path *left = paths_find_id(daemon, ids[n]);

		if (left && !left->path.map)
			leave(&left->path);
	}
}

/* ---- reactions */

static void react_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct engine engine;

	job->result = engine_open(&engine, true);
	if (job->result >= 0)
		job->result = taste_react(&engine, job->wwid, job->may_restore);
	mp_strbuf_puts(&job->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void react_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct daemon_map *map = maps_find_wwid(job->daemon, job->wwid);

	log_lines(&job->err);
	if (map) {
		map->reacting = false;
		if (job->result == TASTE_RESTORED) {
			map->restored_usec = daemon_now_usec(job->daemon);
			log_notice("%s: the last good path failed: the others are restored and tried", map->map.name);
		}
		/* What is read is reacted to: only a change is worth another look. */
		if (job->result > TASTE_NOTHING) {
			map->read_again = true;
			dmevents_look(job->daemon);
		}
		if (map->react_again) {
			map->react_again = false;
			react(map);
		}
	}
	job_free(job);
}

static void react(struct daemon_map *map)
{
	struct daemon *daemon = map->daemon;
	struct geom_job *job;

	if (daemon->options.once)
		return;
	if (map->reacting) {
		map->react_again = true;
		return;
	}
	job = job_new(daemon, react_run, react_done, LANE_GEOMS);
	if (!job)
		return;
	memcpy(job->wwid, map->map.wwid, sizeof(job->wwid));
	/* Only for I/O that waits: paths that their checkers call dead come back when those say so. */
	job->may_restore = map->io_failed &&
			   (!map->restored_usec ||
			    daemon_now_usec(daemon) > map->restored_usec + RESTORE_EVERY_SEC * usec_per_sec);
	map->io_failed = false;
	map->reacting = true;
	pool_submit(daemon->pool, &job->work);
}

void geoms_on_touched(struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;

	if (!map->map.kernel.exists) {
		geoms_on_gone(map);
		return;
	}
	/* A path departed. */
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			dev_t devt = table->groups[g].paths[p].devt;
			char file[64];

			snprintf(file, sizeof(file), "/sys/dev/block/%u:%u", major(devt), minor(devt));
			if (access(file, F_OK) < 0) {
				react(map);
				return;
			}
		}
}

/* ---- labels */

static void taste_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct engine engine;

	job->result = engine_open(&engine, true);
	if (job->result >= 0)
		job->result = taste_disk(&engine, &job->provider, false);
	mp_strbuf_puts(&job->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void taste_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);

	log_lines(&job->err);
	if (job->result > 0) {
		log_notice("%s: joined the map of its label", job->provider.name);
		look_again(job->daemon);
	}
	job_free(job);
}

/* On the path's own lane: it may hang. */
static void label_run(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	_cleanup_close_ int fd = provider_open(job->provider.devt, job->provider.name, O_RDONLY | O_DIRECT);
	struct mp_label label;

	job->has_label = fd >= 0 && mp_label_read(fd, &job->provider.disk, &label) == 0;
}

static void label_done(struct work *work)
{
	struct geom_job *job = caa_container_of(work, struct geom_job, work);
	struct geom_job *taste;

	taste = job->has_label ? job_new(job->daemon, taste_run, taste_done, LANE_GEOMS) : NULL;
	if (taste) {
		taste->provider = job->provider;
		pool_submit(job->daemon->pool, &taste->work);
	}
	job_free(job);
}

void geoms_on_up(struct daemon_path *path)
{
	struct daemon *daemon = path->daemon;
	struct geom_job *job;

	if (!daemon->geoms_tasted || daemon->options.once || (path->path.map && path->path.map->kernel.exists))
		return;
	job = job_new(daemon, label_run, label_done, lane_of_path(&path->path.identity));
	if (!job)
		return;
	job->work.exclusive = false;
	job->provider.devt = path->path.identity.devt;
	snprintf(job->provider.name, sizeof(job->provider.name), "%s", path->path.identity.name);
	pool_submit(daemon->pool, &job->work);
}
