/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/survey.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "kernel/dm_list.h"
#include "multipathd/control/leftovers.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/names.h"
#include "multipathd/control/states.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/inventory.h"
#include "multipathd/state/maps.h"

enum survey_verdict survey_judge(const struct daemon_map *map, const struct look_map *look)
{
	if (map && (map->busy || map->ordered || look->busy))
		return SURVEY_BUSY;
	if (!map || !map->map.kernel.exists)
		return look->read ? SURVEY_FOUND : SURVEY_NOTHING;
	if (look->known && map->generation != look->generation)
		return SURVEY_OUTDATED;
	if (!look->present)
		return SURVEY_GONE;
	return look->read ? SURVEY_READ : SURVEY_NOTHING;
}

static void survey_begin(struct look_job *job)
{
	struct daemon *daemon = job->daemon;
	struct inventory *inventory = &daemon->inventory;

	if (job->error < 0) {
		log_error("cannot list the device-mapper devices: %s", strerror(-job->error));
		return;
	}
	mp_dm_list_free(inventory->listed, inventory->listed_count);
	inventory->listed = TAKE_PTR(job->listed);
	inventory->listed_count = job->listed_count;
	job->listed_count = 0;
	names_retry(daemon);
}

static void survey_take(struct look_job *job, struct look_map *look)
{
	struct daemon *daemon = job->daemon;
	struct daemon_map *map = maps_find_wwid(&daemon->inventory, look->wwid);

	if (look->half_made)
		leftovers_found(daemon, look->wwid, LEFTOVER_HALF_MADE);
	switch (survey_judge(map, look)) {
	case SURVEY_BUSY:
		map->look_skipped |= map->busy || map->ordered;
		map->read_again |= map->ordered;
		break;
	case SURVEY_FOUND:
		if (membership_adopt(daemon, look->wwid, &look->kernel, look->not_ready) < 0)
			log_error("%s: cannot add the map: out of memory", look->wwid);
		break;
	case SURVEY_GONE:
		membership_gone(map);
		break;
	case SURVEY_READ:
		states_take_change(map, &look->kernel);
		break;
	case SURVEY_OUTDATED:
		map->read_again = true;
		looks_want(daemon);
		break;
	case SURVEY_NOTHING:
		break;
	}
}

static void survey_end(struct look_job *job)
{
	inventory_wake(&job->daemon->inventory);
}

const struct look_takers survey_takers = {
	.begin = survey_begin,
	.take = survey_take,
	.end = survey_end,
};
