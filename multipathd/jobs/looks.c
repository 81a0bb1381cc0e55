/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/jobs/looks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/props.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "kernel/probe.h"
#include "model/geom.h"
#include "multipathd/jobs/geom_facts.h"
#include "multipathd/loop/pool.h"
#include "multipathd/loop/slices.h"
#include "multipathd/loop/timers.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"

/*
 * After a look nobody waits for, the next one waits four times as long as it took, but not longer
 * than this: events come in thousands, and one look serves all that came before it.
 */
enum { REST_FACTOR = 4, REST_MAX_USEC = 100000, REST_ACCURACY_USEC = 5000 };

struct looks {
	struct daemon *daemon;
	const struct look_takers *takers;
	struct slices *taking;
	struct look_job *taken; /* NULL: none */
	size_t next; /* of its maps */
	bool running; /* one is in progress */
	bool again; /* wanted while one is in progress */
	sd_event_source *timer; /* armed while one is wanted that must not begin yet */
	uint64_t begun_usec, rested_usec; /* the last one began, the next one may begin */
	bool read_unused; /* the next one also reads maps whose groups change with I/O */
	struct cds_list_head waiters; /* of struct look_waiter, for the next one */
};

static void look_job_free(struct look_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		mp_dm_map_fini(&job->maps[i]->kernel);
		free(job->maps[i]);
	}
	free(job->maps);
	mp_dm_list_free(job->listed, job->listed_count);
	free(job);
}

static struct look_map *look_job_add(struct look_job *job, const char *wwid)
{
	struct look_map **maps = reallocarray(job->maps, job->count + 1, sizeof(*maps));
	struct look_map *map = calloc(1, sizeof(*map));

	if (maps)
		job->maps = maps;
	if (!maps || !map || strlen(wwid) >= sizeof(map->wwid)) {
		free(map);
		return NULL;
	}
	strcpy(map->wwid, wwid);
	job->maps[job->count++] = map;
	return map;
}

static int look_compare(const void *a, const void *b)
{
	const struct look_map *const *x = a, *const *y = b;

	return strcmp((*x)->wwid, (*y)->wwid);
}

static struct look_map *look_job_find(const struct look_job *job, size_t known, const char *wwid)
{
	size_t low = 0, high = known;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(job->maps[middle]->wwid, wwid);

		if (!order)
			return job->maps[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* A gmultipath map is stacked on other dm devices, whose events are its own. */
static uint32_t look_event_nr(const struct look_job *job, const struct mp_dm_listed *listed,
			      const char *wwid)
{
	uint32_t events = listed->event_nr;

	if (!mp_geom_is_wwid(wwid))
		return events;
	for (size_t i = 0; i < job->listed_count; i++) {
		const char *above = mp_dm_lower_wwid(job->listed[i].uuid);

		if (above && !strcmp(above, wwid))
			events += job->listed[i].event_nr;
	}
	return events;
}

/* A device without a table is not a map: creation completes it, if it should be one. */
static void look_job_note_half_made(struct mp_dm_listed *listed, struct look_map *map)
{
	if (!map->kernel.half_made || mp_geom_is_wwid(map->wwid))
		return;
	listed->half_made = true;
	map->half_made = true;
	map->present = map->read = false;
}

static bool device_is_not_ready(dev_t devt)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	const char *ready = mp_probe_record(&mp_roots_system, devt, &props) == 0 ?
				    mp_props_get(&props, "MPATH_DEVICE_READY") :
				    NULL;

	return ready && !strcmp(ready, "0");
}

static void look_job_run(struct work *work)
{
	struct look_job *job = caa_container_of(work, struct look_job, work);
	size_t known = job->count;

	job->error = mp_dm_list(&job->listed, &job->listed_count);
	if (job->error < 0)
		return;
	if (known)
		qsort(job->maps, known, sizeof(*job->maps), look_compare);
	for (size_t i = 0; i < job->listed_count; i++) {
		const char *wwid = mp_dm_wwid(job->listed[i].uuid);
		struct look_map *map;

		if (!wwid)
			continue;
		map = look_job_find(job, known, wwid);
		if (!map)
			map = look_job_add(job, wwid);
		if (!map)
			continue;
		map->present = true;
		/* The running operation reads its map itself. */
		if (map->busy)
			continue;
		if (!map->known || map->read_anyway ||
		    map->event_nr != look_event_nr(job, &job->listed[i], wwid))
			map->read = mp_dm_read(wwid, &map->kernel) >= 0;
		if (map->read && mp_geom_is_wwid(wwid))
			map->kernel.geom = geom_facts_read(wwid, &map->kernel.table);
		if (map->read && !map->known)
			map->not_ready = device_is_not_ready(map->kernel.devt);
		look_job_note_half_made(&job->listed[i], map);
	}
}

static void looks_rest(struct looks *looks)
{
	uint64_t now = timers_now_usec(), rest = (now - looks->begun_usec) * REST_FACTOR;

	looks->rested_usec = now + (rest < REST_MAX_USEC ? rest : REST_MAX_USEC);
}

static void look_end(struct looks *looks)
{
	struct look_job *job = looks->taken;
	struct daemon *daemon = looks->daemon;
	struct look_waiter *waiter, *next;
	CDS_LIST_HEAD(waiters);

	looks->running = daemon->looks_pending = false;
	looks_rest(looks);
	cds_list_splice(&job->waiters, &waiters);
	looks->takers->end(job);
	look_job_free(job);
	looks->taken = NULL;
	if (looks->again) {
		looks->again = false;
		looks_want(daemon);
	}
	cds_list_for_each_entry_safe(waiter, next, &waiters, in_waiters) {
		cds_list_del(&waiter->in_waiters);
		waiter->looked(waiter);
	}
}

static bool look_on_step(void *userdata)
{
	struct looks *looks = userdata;
	struct look_job *job = looks->taken;

	if (job->error < 0 || looks->next == job->count) {
		look_end(looks);
		return false;
	}
	looks->takers->take(job, job->maps[looks->next++]);
	return true;
}

static void look_job_done(struct work *work)
{
	struct look_job *job = caa_container_of(work, struct look_job, work);
	struct looks *looks = job->daemon->looks;

	if (work->skipped)
		job->error = -ECANCELED;
	looks->taken = job;
	looks->next = 0;
	looks->takers->begin(job);
	slices_run(looks->taking);
}

/* Of all maps, with those that wait. Return: NULL: out of memory */
static struct look_job *look_job_new(struct looks *looks)
{
	struct daemon *daemon = looks->daemon;
	struct look_job *job = calloc(1, sizeof(*job));
	struct mp_map *map;

	if (!job)
		return NULL;
	job->daemon = daemon;
	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all) {
		struct look_map *look;

		if (!map->kernel.exists && !daemon_map_of(map)->busy)
			continue;
		look = look_job_add(job, map->wwid);
		if (!look)
			continue;
		look->known = true;
		look->busy = daemon_map_of(map)->busy;
		look->read_anyway =
			(looks->read_unused && mp_table_awaits_io(&map->kernel.table)) ||
			daemon_map_of(map)->came_up_id || map->kernel.other_target ||
			daemon_map_of(map)->read_again;
		daemon_map_of(map)->read_again = false;
		look->event_nr = map->kernel.event_nr;
		look->generation = daemon_map_of(map)->generation;
	}
	looks->read_unused = false;
	CDS_INIT_LIST_HEAD(&job->waiters);
	cds_list_splice(&looks->waiters, &job->waiters);
	CDS_INIT_LIST_HEAD(&looks->waiters);
	job->work = (struct work){
		.run = look_job_run, .done = look_job_done, .lane = LANE_STATUS, .exclusive = true
	};
	return job;
}

static void look_begin(struct looks *looks)
{
	struct look_job *job = look_job_new(looks);

	timers_arm(looks->timer, 0);
	looks->running = looks->daemon->looks_pending = job;
	looks->begun_usec = timers_now_usec();
	if (job)
		pool_submit(looks->daemon->pool, &job->work);
}

static int looks_on_rested(sd_event_source *source, uint64_t usec, void *userdata)
{
	(void)source;
	(void)usec;
	look_begin(userdata);
	return 0;
}

/* One that somebody waits for begins at once. */
void looks_want(struct daemon *daemon)
{
	struct looks *looks = daemon->looks;

	if (looks->running) {
		looks->again = true;
		return;
	}
	if (cds_list_empty(&looks->waiters) && timers_now_usec() < looks->rested_usec &&
	    timers_arm(looks->timer, looks->rested_usec) >= 0)
		daemon->looks_pending = true;
	else
		look_begin(looks);
}

bool looks_have_unused(const struct daemon *daemon)
{
	const struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists && mp_table_awaits_io(&map->kernel.table))
			return true;
	return false;
}

void looks_await(struct daemon *daemon, struct look_waiter *waiter)
{
	cds_list_add_tail(&waiter->in_waiters, &daemon->looks->waiters);
	looks_want(daemon);
}

void looks_await_unused(struct daemon *daemon, struct look_waiter *waiter)
{
	daemon->looks->read_unused = true;
	looks_await(daemon, waiter);
}

int looks_new(struct daemon *daemon, const struct look_takers *takers, struct looks **ret)
{
	struct looks *looks = calloc(1, sizeof(*looks));
	int r;

	if (!looks)
		return -ENOMEM;
	looks->daemon = daemon;
	looks->takers = takers;
	CDS_INIT_LIST_HEAD(&looks->waiters);
	r = slices_new(daemon->event, look_on_step, looks, &looks->taking);
	if (r >= 0)
		r = timers_add(daemon->event, &looks->timer, REST_ACCURACY_USEC, looks_on_rested,
			       looks);
	if (r < 0) {
		looks_free(looks);
		return r;
	}
	*ret = looks;
	return 0;
}

static void waiters_drop(struct cds_list_head *waiters)
{
	struct look_waiter *waiter, *next;

	cds_list_for_each_entry_safe(waiter, next, waiters, in_waiters) {
		cds_list_del_init(&waiter->in_waiters);
		if (waiter->dropped)
			waiter->dropped(waiter);
	}
}

struct looks *looks_free(struct looks *looks)
{
	if (!looks)
		return NULL;
	slices_free(looks->taking);
	sd_event_source_disable_unref(looks->timer);
	waiters_drop(&looks->waiters);
	if (looks->taken) {
		waiters_drop(&looks->taken->waiters);
		look_job_free(looks->taken);
	}
	free(looks);
	return NULL;
}
