/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/reactions.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "gmultipath/engine.h"
#include "gmultipath/taste.h"
#include "multipathd/control/geom_paths.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/reaches.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

/*
 * When the last good path fails, the others are restored, at most this often: a request that fails
 * on all paths must end.
 */
enum { RESTORE_EVERY_USEC = 10000000 };

struct reaction {
	struct work work;
	struct daemon *daemon;
	char wwid[MP_WWID_SIZE];
	struct reaches reaches;
	struct member *members; /* the map's paths */
	size_t member_count;
	enum taste_verdict verdict;
	int result;
	struct mp_strbuf err;
};

static void reaction_free(struct reaction *reaction)
{
	mp_strbuf_fini(&reaction->err);
	reaches_fini(&reaction->reaches);
	free(reaction->members);
	free(reaction);
}

static bool reaction_map_has_wrong_lun(const struct daemon_map *map)
{
	struct mp_path *path;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		if (geom_paths_has_wrong_lun(daemon_path_of(path)) &&
		    mp_table_find(&map->map.kernel.table, path->identity.devt))
			return true;
	return false;
}

static bool reaction_disk_has_departed(dev_t devt)
{
	char file[64];

	snprintf(file, sizeof(file), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	return access(file, F_OK) < 0;
}

/* Return: 0 or -ENOMEM. */
static int reaction_facts_read(struct reaction_facts *facts, const struct daemon_map *map)
{
	const struct mp_table *table = &map->map.kernel.table;

	*facts = (struct reaction_facts){ .now_usec = daemon_now_usec(map->inventory->daemon) };
	facts->departed = calloc(mp_table_count(table) + 1, sizeof(*facts->departed));
	if (!facts->departed)
		return -ENOMEM;
	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++)
			if (reaction_disk_has_departed(table->groups[g].paths[p].devt))
				facts->departed[facts->departed_count++] =
					table->groups[g].paths[p].devt;
	return 0;
}

static void reaction_facts_fini(struct reaction_facts *facts)
{
	free(facts->departed);
}

#define _cleanup_facts_ _cleanup_(reaction_facts_fini)

static bool reaction_facts_have(const struct reaction_facts *facts, dev_t departed)
{
	for (size_t i = 0; i < facts->departed_count; i++)
		if (facts->departed[i] == departed)
			return true;
	return false;
}

static bool reaction_map_has_good_path(const struct daemon_map *map,
				       const struct reaction_facts *facts)
{
	const struct mp_table *table = &map->map.kernel.table;

	for (size_t g = 0; g < table->group_count; g++)
		for (size_t p = 0; p < table->groups[g].path_count; p++) {
			dev_t devt = table->groups[g].paths[p].devt;
			const struct daemon_path *path = paths_find_devt(map->inventory, devt);

			if (table->groups[g].paths[p].state != MP_DM_FAILED &&
			    !reaction_facts_have(facts, devt) &&
			    !(path && geom_paths_has_wrong_lun(path)))
				return true;
		}
	return false;
}

/* Others are restored only after an I/O error: what checkers report as down is restored by them. */
static enum taste_verdict reactions_judge_paths(const struct daemon_map *map,
						const struct reaction_facts *facts)
{
	if (reaction_map_has_good_path(map, facts))
		return TASTE_NO_VERDICT;
	if (map->io_failed &&
	    (!map->restored_usec || facts->now_usec > map->restored_usec + RESTORE_EVERY_USEC))
		return TASTE_RESTORE;
	return TASTE_FAIL;
}

struct reaction_verdict reactions_judge(const struct daemon_map *map,
					const struct reaction_facts *facts)
{
	struct reaction_verdict verdict = {
		.paths = reactions_judge_paths(map, facts),
		.has_wrong_lun = reaction_map_has_wrong_lun(map),
	};

	/* Others are restored, or a table without a lost path is loaded. */
	verdict.asks_failed = verdict.paths == TASTE_RESTORE || verdict.has_wrong_lun ||
			      facts->departed_count;
	return verdict;
}

bool reactions_needed_on_states(const struct daemon_map *map)
{
	return map->map.kernel.split || !mp_table_count_good(&map->map.kernel.table) ||
	       !mp_table_has_feature(&map->map.kernel.table, "queue_if_no_path");
}

bool reactions_needed_on_touched(const struct daemon_map *map, const struct reaction_facts *facts)
{
	return reaction_map_has_wrong_lun(map) || map->had_wrong_lun || facts->departed_count;
}

static void reactions_start(struct daemon_map *map);

static void reaction_run(struct work *work)
{
	struct reaction *reaction = caa_container_of(work, struct reaction, work);
	struct engine engine;

	reaction->result = engine_open_urgently(&engine, true);
	engine.silent = reaction->reaches.silent;
	engine.silent_count = reaction->reaches.silent_count;
	if (reaction->result >= 0)
		reaction->result = taste_react(&engine, reaction->wwid, reaction->verdict,
					       reaction->members, reaction->member_count);
	mp_strbuf_puts(&reaction->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void reaction_on_done(struct work *work)
{
	struct reaction *reaction = caa_container_of(work, struct reaction, work);
	struct daemon_map *map = maps_find_wwid(&reaction->daemon->inventory, reaction->wwid);

	log_warnings("gmultipath: ", mp_strbuf_text(&reaction->err));
	if (map) {
		map->reacting = false;
		if (reaction->result == TASTE_RESTORED) {
			map->restored_usec = daemon_now_usec(reaction->daemon);
			log_notice("%s: last good path failed, restoring the other paths",
				   map->map.name);
		}
		/* A look triggers a reaction, so look again only after a change. */
		if (reaction->result > TASTE_NOTHING) {
			map->read_again = true;
			looks_want(reaction->daemon);
		}
		if (map->react_again) {
			map->react_again = false;
			reactions_start(map);
		}
	}
	reaction_free(reaction);
}

static int reaction_take_members(struct reaction *reaction, const struct daemon_map *map)
{
	struct mp_path *path;
	size_t count = 0;

	cds_list_for_each_entry(path, &map->map.paths, in_map)
		count++;
	reaction->members = calloc(count + 1, sizeof(*reaction->members));
	if (!reaction->members)
		return -ENOMEM;
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		const struct daemon_path *managed = daemon_path_of(path);
		struct member *member = &reaction->members[reaction->member_count];

		if (!managed->geom_wwid)
			continue;
		member->devt = path->identity.devt;
		member->wrong_lun = geom_paths_has_wrong_lun(managed);
		snprintf(member->wwid, sizeof(member->wwid), "%s", managed->geom_wwid);
		reaction->member_count++;
	}
	return 0;
}

static void reactions_start(struct daemon_map *map)
{
	_cleanup_facts_ struct reaction_facts facts = { 0 };
	struct daemon *daemon = map->inventory->daemon;
	struct reaction_verdict verdict;
	struct reaction *reaction;

	if (!daemon->inventory.duties->mends_geoms)
		return;
	if (map->reacting) {
		map->react_again = true;
		return;
	}
	reaction = calloc(1, sizeof(*reaction));
	if (!reaction || reaction_take_members(reaction, map) < 0 ||
	    reaction_facts_read(&facts, map) < 0) {
		if (reaction)
			reaction_free(reaction);
		return;
	}
	reaction->daemon = daemon;
	reaction->work = (struct work){ .run = reaction_run,
					.done = reaction_on_done,
					.lane = lane_of_table(map->map.wwid),
					.exclusive = true };
	reaches_init(&reaction->reaches, daemon->pool, &reaction->work);
	memcpy(reaction->wwid, map->map.wwid, sizeof(reaction->wwid));
	verdict = reactions_judge(map, &facts);
	reaction->verdict = verdict.paths;
	map->had_wrong_lun = verdict.has_wrong_lun;
	map->io_failed = false;
	map->reacting = true;
	if (verdict.asks_failed)
		reaches_add_failed(&reaction->reaches, &map->map.kernel.table);
	reaches_start(&reaction->reaches);
}

void reactions_on_states(struct daemon_map *map)
{
	if (reactions_needed_on_states(map))
		reactions_start(map);
}

void reactions_on_touched(struct daemon_map *map)
{
	_cleanup_facts_ struct reaction_facts facts = { 0 };

	if (reaction_facts_read(&facts, map) == 0 && reactions_needed_on_touched(map, &facts))
		reactions_start(map);
}
