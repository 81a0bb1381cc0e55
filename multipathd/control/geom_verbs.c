/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/geom_verbs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "gmultipath/verbs.h"
#include "multipathd/control/geoms.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/notes.h"
#include "multipathd/jobs/reaches.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

struct geom_verb {
	struct work work;
	struct daemon *daemon;
	uint64_t request;
	bool for_command; /* of multipathd's own: the answer is as theirs */
	char *text; /* cut into words */
	const char **words;
	size_t count;
	/* ids of maps' paths whose map is not to be made meanwhile; room for one a word */
	uint64_t *kept;
	size_t kept_count;
	struct reaches reaches;
	int result;
	struct mp_strbuf out, err;
	struct notes_job notes;
	struct look_waiter look;
};

static void geom_verb_free(struct geom_verb *job)
{
	if (!job)
		return;
	mp_strbuf_fini(&job->out);
	mp_strbuf_fini(&job->err);
	reaches_fini(&job->reaches);
	notes_job_fini(&job->notes);
	free(job->text);
	free(job->words);
	free(job->kept);
	free(job);
}

static void geom_verb_run(struct work *work)
{
	struct geom_verb *job = caa_container_of(work, struct geom_verb, work);
	const struct verbs_caller caller = {
		.watches = true,
		.silent = job->reaches.silent,
		.silent_count = job->reaches.silent_count,
	};

	job->result = verbs_run(job->words, job->count, &caller, &job->out, &job->err);
}

static void geom_verb_answer(struct geom_verb *job)
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
static void geom_verb_keep_paths(struct geom_verb *job)
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

static void geom_verb_let_paths(struct geom_verb *job)
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

static void geom_verb_on_looked(struct look_waiter *waiter)
{
	struct geom_verb *job = caa_container_of(waiter, struct geom_verb, look);

	geom_verb_answer(job);
	geom_verb_free(job);
}

static void geom_verb_on_dropped(struct look_waiter *waiter)
{
	geom_verb_free(caa_container_of(waiter, struct geom_verb, look));
}

/* The client's next request must see the result. */
static void geom_verb_await_look(struct geom_verb *job)
{
	job->look.looked = geom_verb_on_looked;
	job->look.dropped = geom_verb_on_dropped;
	geoms_read_again(job->daemon);
	looks_await(job->daemon, &job->look);
}

static void geom_verb_on_noted(struct notes_job *notes)
{
	struct geom_verb *job = caa_container_of(notes, struct geom_verb, notes);

	if (!notes->work.skipped)
		geoms_take_notes(job->daemon, &notes->notes, notes->error);
	geom_verb_await_look(job);
}

static void geom_verb_on_done(struct work *work)
{
	struct geom_verb *job = caa_container_of(work, struct geom_verb, work);
	struct daemon *daemon = job->daemon;

	if (job->work.skipped) {
		job->result = 1;
		mp_strbuf_puts(&job->err, "the daemon is ending\n");
	}
	if (job->result)
		geom_verb_let_paths(job);
	if (!job->count || !verbs_changes(job->words[0])) {
		geom_verb_answer(job);
		geom_verb_free(job);
		return;
	}
	log_notice("gmultipath %s %s: %s", job->words[0], job->count > 1 ? job->words[1] : "",
		   job->result ? "failed" : "done");
	if (daemon->state == DAEMON_SHUTDOWN)
		geom_verb_await_look(job); /* none comes, and it is dropped */
	else
		notes_start(daemon, &job->notes, geom_verb_on_noted);
}

static void geom_verb_reach_named(struct geom_verb *job, size_t first)
{
	for (size_t i = first; i < job->count; i++) {
		char node[PATH_MAX];
		struct stat st;

		snprintf(node, sizeof(node), "%s%s", *job->words[i] == '/' ? "" : "/dev/",
			 job->words[i]);
		if (!strncmp(node, "/dev/", 5) && stat(node, &st) == 0 && S_ISBLK(st.st_mode))
			reaches_add(&job->reaches, st.st_rdev);
	}
}

/* The verb runs when its disks have answered or timed out. */
static void geom_verb_start(struct geom_verb *job)
{
	struct daemon *daemon = job->daemon;
	const struct daemon_map *map = NULL;
	const struct mp_path *path;
	size_t named = 0, first;
	unsigned disks = verbs_disks(job->words, job->count, &named, &first);

	if (disks & (VERBS_DISKS_OF_MAP | VERBS_FAILED_DISKS))
		map = maps_find_name(&daemon->inventory, job->words[named]);
	if (disks & VERBS_NAMED_DISKS)
		geom_verb_reach_named(job, first);
	if (map && (disks & VERBS_DISKS_OF_MAP))
		cds_list_for_each_entry(path, &map->map.paths, in_map)
			reaches_add(&job->reaches, path->identity.devt);
	if (map && (disks & VERBS_FAILED_DISKS) &&
	    (!verbs_is_urgent(job->words[0]) || mp_table_count_good(&map->map.kernel.table) <= 1))
		reaches_add_failed(&job->reaches, &map->map.kernel.table);
	if (disks & VERBS_EVERY_DISK)
		cds_list_for_each_entry(path, &daemon->inventory.paths, in_all)
			reaches_add_on(&job->reaches, path->identity.devt,
				       lane_of_path(&path->identity));
	reaches_start(&job->reaches);
}

static struct geom_verb *geom_verb_new(struct daemon *daemon, uint64_t request)
{
	struct geom_verb *job = calloc(1, sizeof(*job));

	if (!job)
		return NULL;
	job->daemon = daemon;
	job->request = request;
	job->work = (struct work){ .run = geom_verb_run,
				   .done = geom_verb_on_done,
				   .lane = LANE_GEOMS,
				   .exclusive = true };
	reaches_init(&job->reaches, daemon->pool, &job->work);
	return job;
}

static int geom_verb_take_words(struct geom_verb *job, const char *text)
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
static void geom_verb_choose_lane(struct geom_verb *job)
{
	const struct daemon_map *map;

	if (job->count < 2 || !verbs_is_urgent(job->words[0]))
		return;
	map = maps_find_name(&job->daemon->inventory, job->words[1]);
	if (map)
		job->work.lane = lane_of_table(map->map.wwid);
}

bool geom_verbs_change_path(struct daemon_path *path, const char *verb, uint64_t request)
{
	struct daemon_map *map = path->path.map ? daemon_map_of(path->path.map) : NULL;
	_cleanup_strbuf_ struct mp_strbuf text = MP_STRBUF_INIT;
	struct geom_verb *job;

	if (!map || map->kind != &geoms_kind)
		return false;
	mp_strbuf_printf(&text, "%s -- %s %s", verb, map->map.name, path->path.identity.name);
	job = geom_verb_new(path->inventory->daemon, request);
	if (!job || text.error || geom_verb_take_words(job, mp_strbuf_text(&text)) < 0) {
		geom_verb_free(job);
		daemon_reply(path->inventory->daemon, request, "fail\n");
		return true;
	}
	job->for_command = true;
	geom_verb_choose_lane(job);
	geom_verb_start(job);
	return true;
}

bool geom_verbs_serve(struct daemon *daemon, uint64_t request, const char *text)
{
	struct geom_verb *job;

	if (strncmp(text, "@geom ", 6))
		return false;
	job = geom_verb_new(daemon, request);
	if (!job || geom_verb_take_words(job, text + 6) < 0) {
		geom_verb_free(job);
		daemon_reply(daemon, request, "fail\n");
		return true;
	}
	if (job->count && !verbs_changes(job->words[0])) {
		/* Verbs that only print never wait. */
		job->work.lane = LANE_GEOM_LISTS;
		job->work.exclusive = false;
	} else {
		geom_verb_choose_lane(job);
		geom_verb_keep_paths(job);
	}
	geom_verb_start(job);
	return true;
}
