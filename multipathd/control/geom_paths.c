/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/geom_paths.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "config/geom_notes.h"
#include "kernel/scsi.h"
#include "model/geom.h"
#include "model/geom_facts.h"
#include "multipathd/control/membership.h"
#include "multipathd/control/schedule.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/state/maps.h"
#include "multipathd/state/paths.h"

/* By a run of gmultipath on this boot. Return: 0, -ENOENT. */
static int geom_path_find_lun(const struct daemon_path *path, const char *map_wwid,
			      const struct mp_strbuf *run, char *ret, size_t size)
{
	static const char *const kinds[] = { "foreign ", MP_GEOM_NOTE_LUN };
	const dev_t devt = path->path.identity.devt;
	char words[MP_WWID_SIZE + 32];

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(words, sizeof(words), "%s%s %u:%u", kinds[i], map_wwid, major(devt),
			 minor(devt));
		/* A serial number is not a WWID, and cannot be compared with sysfs. */
		if (mp_geom_notes_next(run, words, ret, size) == 0 &&
		    strncmp(ret, MP_SCSI_SERIAL_NAME, strlen(MP_SCSI_SERIAL_NAME)))
			return 0;
	}
	return -ENOENT;
}

/* Of the disk with the map's label. Return: 0, -ENOENT. */
static int geom_path_find_label(const char *map_wwid, const struct mp_strbuf *lasting, char *ret,
				size_t size)
{
	const char *label = mp_geom_wwid_label(map_wwid);

	return label && mp_geom_notes_wwid(lasting, label, ret, size) >= 0 && *ret ? 0 : -ENOENT;
}

void geom_paths_judge(const struct daemon_path *path, const char *map_wwid,
		      const struct mp_geom_facts *facts, struct geom_path_verdict *ret)
{
	const char *told = mp_geom_facts_wwid(facts, path->path.identity.devt);

	if (path->geom_wwid)
		snprintf(ret->wwid, sizeof(ret->wwid), "%s", path->geom_wwid);
	else if (geom_path_find_lun(path, map_wwid, &facts->run, ret->wwid, sizeof(ret->wwid)) <
			 0 &&
		 geom_path_find_label(map_wwid, &facts->lasting, ret->wwid, sizeof(ret->wwid)) < 0)
		snprintf(ret->wwid, sizeof(ret->wwid), "%s", told);
	ret->wrong_lun = *ret->wwid && *told && strcmp(ret->wwid, told);
}

static void geom_path_take_wwid(struct daemon_path *path, const struct mp_geom_facts *facts,
				const char *map_wwid)
{
	struct geom_path_verdict verdict;

	geom_paths_judge(path, map_wwid, facts, &verdict);
	if (!path->geom_wwid)
		path->geom_wwid = strdup(verdict.wwid);
	path->geom_wrong_lun = path->geom_wwid && verdict.wrong_lun;
	if (path->geom_unjudged)
		schedule_now(path);
	path->geom_unjudged = false;
}

/* A verb that moves the label to another disk may be running: the notes of a look that began before
 * do not count. */
void geom_paths_join(struct daemon_map *map, struct daemon_path *path)
{
	path->geom_unjudged = true;
	map->generation++;
	map->read_again = true;
	if (map->inventory->daemon)
		looks_want(map->inventory->daemon);
}

/* A path failed by hand is not checked, so that it is not restored. */
static void geom_path_take_hand(struct daemon_path *path, const struct mp_strbuf *run,
				const char *map_wwid)
{
	char words[MP_WWID_SIZE + 32];
	bool by_hand;

	snprintf(words, sizeof(words), "failed %s %u:%u", map_wwid, major(path->path.identity.devt),
		 minor(path->path.identity.devt));
	by_hand = mp_geom_notes_has(run, words);
	if (path->path.checker_disabled && !by_hand) {
		path->path.checker_disabled = false;
		schedule_now(path);
	}
	path->path.checker_disabled = by_hand;
}

void geom_paths_take(struct daemon_map *map)
{
	const struct mp_geom_facts *facts = map->map.kernel.geom;
	struct mp_path *path;

	if (!facts)
		return; /* only its states were read */
	cds_list_for_each_entry(path, &map->map.paths, in_map) {
		struct daemon_path *member = daemon_path_of(path);

		geom_path_take_hand(member, &facts->run, map->map.wwid);
		if (!member->geom_wwid || member->geom_unjudged)
			geom_path_take_wwid(member, facts, map->map.wwid);
	}
}

/* A path that left goes back to the map of its WWID, in memory only; that map is not touched here.
 */
void geom_paths_leave(struct mp_path *path)
{
	struct daemon_path *left = daemon_path_of(path);

	mp_map_remove_path(path);
	path->checker_disabled = false;
	free(left->geom_wwid);
	left->geom_wwid = NULL;
	left->geom_wrong_lun = false;
	left->geom_unjudged = false;
	if (path->init != MP_INIT_OK)
		return;
	if (membership_join(left, false) < 0) {
		log_error("%s: cannot add path to its map: out of memory", mp_path_name(path));
		return;
	}
	if (path->map && !path->map->kernel.exists)
		daemon_map_of(path->map)->keep_uncreated = true;
	schedule_now(left);
}

bool geom_paths_has_wrong_lun(const struct daemon_path *path)
{
	return path->path.wrong_wwid || path->geom_wrong_lun;
}
