/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/dmevents.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm.h"
#include "model/geom.h"
#include "multipathd/commands.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/geoms.h"
#include "multipathd/leftovers.h"
#include "multipathd/maps.h"

/* A map as the loop knows it, and as it was found. */
struct look_map {
	struct mp_hash_node by_wwid;
	char wwid[MP_WWID_SIZE];
	bool known, busy, read_anyway;
	uint32_t event_nr;
	uint64_t generation;
	bool present, read, half_made;
	struct mp_kernel_map kernel;
};

struct look_job {
	struct work work;
	struct daemon *daemon;
	struct look_map **maps;
	size_t count;
	struct mp_dm_listed *listed;
	size_t listed_count;
	int error;
};

static void look_job_free(struct look_job *job)
{
	for (size_t i = 0; i < job->count; i++) {
		mp_kernel_map_fini(&job->maps[i]->kernel);
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

/* A map of gmultipath's stands on others, whose events are its own. */
static uint32_t look_event_nr(const struct look_job *job, const struct mp_dm_listed *listed, const char *wwid)
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

/* A device without a table is no map: creation completes it, if it is to be one. */
static void look_job_note_half_made(struct mp_dm_listed *listed, struct look_map *map)
{
	if (!map->kernel.half_made || mp_geom_is_wwid(map->wwid))
		return;
	listed->half_made = true;
	map->half_made = true;
	map->present = map->read = false;
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
		/* The operation under way reads its map itself. */
		if (map->busy)
			continue;
		if (!map->known || map->read_anyway || map->event_nr != look_event_nr(job, &job->listed[i], wwid))
			map->read = mp_dm_read(wwid, &map->kernel) >= 0;
		look_job_note_half_made(&job->listed[i], map);
	}
}

static void look_take(struct daemon *daemon, struct look_map *look)
{
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, look->wwid);

	if (look->half_made)
		leftovers_found(daemon, look->wwid, LEFTOVER_HALF_MADE);
	if (map && (map->busy || look->busy)) {
		map->status_skipped |= map->busy;
		return;
	}
	if (!map || !map->map.kernel.exists) {
		if (look->read && maps_adopt(daemon, look->wwid, &look->kernel) < 0)
			log_error("%s: map not taken up: out of memory", look->wwid);
		return;
	}
	if (look->known && map->generation != look->generation)
		return;
	if (!look->present)
		maps_gone(map);
	else if (look->read)
		maps_kernel_changed(map, &look->kernel);
}

static void look_job_done(struct work *work)
{
	struct look_job *job = caa_container_of(work, struct look_job, work);
	struct daemon *daemon = job->daemon;

	daemon->status_running = false;
	if (job->error < 0) {
		log_error("cannot list the device-mapper devices: %s", strerror(-job->error));
	} else {
		mp_dm_list_free(daemon->inventory.listed, daemon->inventory.listed_count);
		daemon->inventory.listed = TAKE_PTR(job->listed);
		daemon->inventory.listed_count = job->listed_count;
		job->listed_count = 0;
		maps_retry_names(daemon);
		for (size_t i = 0; i < job->count; i++)
			look_take(daemon, job->maps[i]);
	}
	look_job_free(job);
	if (daemon->status_again) {
		daemon->status_again = false;
		dmevents_look(daemon);
	}
	if (daemon->on_looked) {
		void (*on_looked)(struct daemon *) = daemon->on_looked;

		daemon->on_looked = NULL;
		on_looked(daemon);
	}
	if (!daemon->look_at_unused)
		commands_on_look(daemon);
	geoms_on_looked(daemon);
	maps_reconcile_later(&daemon->inventory);
}

static bool map_is_unused(const struct mp_map *map)
{
	return map->kernel.table.group_count && !mp_table_active_group(&map->kernel.table);
}

void dmevents_look(struct daemon *daemon)
{
	struct look_job *job;
	struct mp_map *map;

	if (daemon->status_running) {
		daemon->status_again = true;
		return;
	}
	job = calloc(1, sizeof(*job));
	if (!job)
		return;
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
		look->read_anyway = (daemon->look_at_unused && map_is_unused(map)) || daemon_map_of(map)->came_up_id ||
				    map->kernel.foreign_table || daemon_map_of(map)->read_again;
		daemon_map_of(map)->read_again = false;
		look->event_nr = map->kernel.event_nr;
		look->generation = daemon_map_of(map)->generation;
	}
	daemon->look_at_unused = false;
	job->work = (struct work){ .run = look_job_run, .done = look_job_done, .lane = LANE_STATUS,
				   .exclusive = true };
	daemon->status_running = true;
	pool_submit(daemon->pool, &job->work);
}

bool dmevents_has_unused_maps(const struct daemon *daemon)
{
	const struct mp_map *map;

	cds_list_for_each_entry(map, &daemon->inventory.maps, in_all)
		if (map->kernel.exists && map_is_unused(map))
			return true;
	return false;
}

void dmevents_look_at_unused(struct daemon *daemon)
{
	daemon->look_at_unused = true;
	dmevents_look(daemon);
}

static int dmevents_on_event(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
	struct daemon *daemon = userdata;
	int r;

	(void)source;
	(void)events;
	/* Armed before the look: an event in between makes the descriptor readable again. */
	r = mp_dm_events_arm(fd);
	if (r < 0) {
		log_error("cannot wait for device-mapper events: %s", strerror(-r));
		return r;
	}
	dmevents_look(daemon);
	return 0;
}

int dmevents_open(struct daemon *daemon)
{
	int r;

	daemon->dm_fd = mp_dm_events_open();
	if (daemon->dm_fd < 0)
		return daemon->dm_fd;
	r = mp_dm_events_arm(daemon->dm_fd);
	if (r >= 0)
		r = sd_event_add_io(daemon->event, &daemon->dm_source, daemon->dm_fd, EPOLLIN, dmevents_on_event,
				    daemon);
	return r < 0 ? r : sd_event_source_set_exit_on_failure(daemon->dm_source, true);
}

void dmevents_close(struct daemon *daemon)
{
	daemon->dm_source = sd_event_source_disable_unref(daemon->dm_source);
	if (daemon->dm_fd >= 0)
		close(daemon->dm_fd);
	daemon->dm_fd = -1;
	mp_dm_list_free(daemon->inventory.listed, daemon->inventory.listed_count);
	daemon->inventory.listed = NULL;
	daemon->inventory.listed_count = 0;
}
