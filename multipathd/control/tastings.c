/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/control/tastings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "config/geom_notes.h"
#include "gmultipath/engine.h"
#include "gmultipath/taste.h"
#include "multipathd/control/geoms.h"
#include "multipathd/jobs/looks.h"
#include "multipathd/jobs/notes.h"
#include "multipathd/loop/pool.h"
#include "multipathd/state/daemon.h"
#include "multipathd/state/duties.h"
#include "multipathd/state/lanes.h"
#include "multipathd/state/paths.h"

/* A disk is looked at on its own lane; one with a label is tasted by the engine then. */
struct tasting {
	struct work work;
	struct daemon *daemon;
	struct provider provider;
	bool has_label;
	int result;
	struct mp_strbuf err;
	struct notes_job notes;
};

static void tasting_free(struct tasting *tasting)
{
	mp_strbuf_fini(&tasting->err);
	notes_job_fini(&tasting->notes);
	free(tasting);
}

static struct tasting *tasting_new(struct daemon *daemon, void (*run)(struct work *work),
				   void (*done)(struct work *work), uint64_t lane)
{
	struct tasting *tasting = calloc(1, sizeof(*tasting));

	if (!tasting)
		return NULL;
	tasting->daemon = daemon;
	tasting->work = (struct work){ .run = run, .done = done, .lane = lane, .exclusive = true };
	return tasting;
}

static void tasting_run(struct work *work)
{
	struct tasting *tasting = caa_container_of(work, struct tasting, work);
	struct engine engine;

	tasting->result = engine_open(&engine, true);
	if (tasting->result >= 0)
		tasting->result = taste_disk(&engine, &tasting->provider, TASTE_KNOWN);
	mp_strbuf_puts(&tasting->err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
}

static void tasting_start(struct daemon *daemon, const struct provider *provider);

static void tasting_on_noted(struct notes_job *notes)
{
	struct tasting *tasting = caa_container_of(notes, struct tasting, notes);

	if (!notes->work.skipped) {
		geoms_take_notes(tasting->daemon, &notes->notes, notes->error);
		geoms_read_again(tasting->daemon);
		looks_want(tasting->daemon);
	}
	tasting_free(tasting);
}

static void tasting_on_done(struct work *work)
{
	struct tasting *tasting = caa_container_of(work, struct tasting, work);

	log_warnings("gmultipath: ", mp_strbuf_text(&tasting->err));
	switch (tastings_judge(tasting->result)) {
	case TASTING_ADDED:
		log_notice("%s: added to the map of its label", tasting->provider.name);
		if (tasting->daemon->state == DAEMON_SHUTDOWN)
			break;
		notes_start(tasting->daemon, &tasting->notes, tasting_on_noted);
		return;
	case TASTING_AGAIN:
		tasting_start(tasting->daemon, &tasting->provider);
		break;
	case TASTING_LEFT:
		break;
	}
	tasting_free(tasting);
}

static void tasting_start(struct daemon *daemon, const struct provider *provider)
{
	struct tasting *tasting = tasting_new(daemon, tasting_run, tasting_on_done, LANE_GEOMS);

	if (!tasting)
		return;
	tasting->provider = *provider;
	pool_submit(daemon->pool, &tasting->work);
}

/* On the path's own lane, because it may hang. */
static void tasting_look(struct work *work)
{
	struct tasting *tasting = caa_container_of(work, struct tasting, work);
	_cleanup_close_ int fd = engine_provider_open(tasting->provider.devt,
						      tasting->provider.name, O_RDONLY | O_DIRECT);
	struct mp_label label;

	tasting->has_label = fd >= 0 && mp_label_read(fd, &tasting->provider.disk, &label) == 0;
}

static void tasting_on_looked(struct work *work)
{
	struct tasting *tasting = caa_container_of(work, struct tasting, work);

	if (tasting->has_label)
		tasting_start(tasting->daemon, &tasting->provider);
	tasting_free(tasting);
}

enum tasting_verdict tastings_judge(int result)
{
	if (result > 0)
		return TASTING_ADDED;
	return result == -ETIMEDOUT ? TASTING_AGAIN : TASTING_LEFT;
}

static bool tastings_are_wanted(const struct inventory *inventory)
{
	const struct mp_strbuf *notes = &inventory->geom_notes;

	return inventory->duties->mends_geoms && !inventory->geom_notes_incomplete &&
	       !mp_geom_notes_has(notes, "load no") && mp_geom_notes_has(notes, "known");
}

bool tastings_needed(const struct daemon_path *path)
{
	return tastings_are_wanted(path->inventory) &&
	       !(path->path.map && path->path.map->kernel.exists);
}

void tastings_on_up(struct daemon_path *path)
{
	struct daemon *daemon = path->inventory->daemon;
	struct tasting *tasting;

	if (!tastings_needed(path))
		return;
	tasting = tasting_new(daemon, tasting_look, tasting_on_looked,
			      lane_of_path(&path->path.identity));
	if (!tasting)
		return;
	tasting->work.exclusive = false;
	tasting->provider.devt = path->path.identity.devt;
	snprintf(tasting->provider.name, sizeof(tasting->provider.name), "%s",
		 path->path.identity.name);
	pool_submit(daemon->pool, &tasting->work);
}
