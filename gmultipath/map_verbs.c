/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/map_verbs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "gmultipath/call.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/known.h"
#include "gmultipath/lun.h"
#include "gmultipath/newmap.h"
#include "gmultipath/sectors.h"
#include "gmultipath/taste.h"

int map_verb_create(struct call *call)
{
	_cleanup_free_ struct provider *providers = NULL;
	struct mp_geom geom = { 0 };
	char uuid[MP_LABEL_UUID_SIZE];
	int r, count;

	r = call_wanted_mode(call, &geom.mode);
	if (r == 0)
		r = newmap_check_name(call, call->arguments[0]);
	if (r < 0)
		return r;
	count = newmap_take_providers(call, call->arguments + 1, call->count - 1, &providers);
	r = count < 0 ? count : newmap_make_uuid(uuid, sizeof(uuid));
	if (r < 0)
		return r;
	snprintf(geom.name, sizeof(geom.name), "%s", call->arguments[0]);
	snprintf(geom.wwid, sizeof(geom.wwid), MP_GEOM_WWID_MANUAL "%s", uuid);
	geom.size_sectors = providers[0].disk.media_bytes / 512;
	for (int i = 0; i < count; i++)
		newmap_add_path(&geom, &providers[i]);
	r = newmap_note_luns(call, &geom);
	if (r == 0)
		r = newmap_create(call, &geom);
	if (r < 0)
		engine_note(call->engine, false, false, MP_GEOM_NOTE_LUN "%s", geom.wwid);
	return r;
}

/* A table with a device that is gone cannot be loaded. */
static void drop_lost(struct mp_geom *geom)
{
	for (size_t i = geom->count; i-- > 0;)
		if (geom->paths[i].lost && geom->count > 1)
			mp_geom_remove(geom, i);
}

/* Undo what was done, if anything. */
static void undo_configure(struct engine *engine, const struct mp_geom *former,
			   const struct mp_label *label)
{
	const struct mp_geom *now =
		engine_look(engine) == 0 ? engine_find_wwid(engine, former->wwid) : NULL;

	if (now && now->mode != former->mode)
		changes_reload(engine, now, former);
	if (now && label)
		sectors_write_label(engine, now, label, "");
}

/* Change both table and label, or neither. */
static int change_mode(struct call *call, const struct mp_geom *geom, enum mp_geom_mode mode)
{
	struct engine *engine = call->engine;
	struct mp_geom former = *geom, changed;
	bool automatic = mp_geom_uuid(geom);
	struct mp_label label, changed_label;
	struct known known;
	int r;

	known_get(engine, automatic ? mp_geom_uuid(geom) : "", &known);
	r = automatic ? sectors_read_label(engine, geom, known.wwid, &label) : 0;
	if (r == 0 && automatic)
		r = engine_note(engine, false, true, SECTORS_CONFIGURING "%s", geom->wwid);
	if (r < 0)
		return r;
	if (mode != geom->mode)
		drop_lost(&former);
	changed = former;
	changed.mode = mode;
	mp_geom_choose_active(&changed);
	if (mode != geom->mode)
		r = changes_reload(engine, geom, &changed);
	if (r == 0 && automatic) {
		changed_label = label;
		changed_label.mode = mode;
		r = sectors_write_label(engine, geom, &changed_label, known.wwid);
	}
	if (r < 0)
		undo_configure(engine, &former, automatic ? &label : NULL);
	if (automatic)
		engine_note(engine, false, false, SECTORS_CONFIGURING "%s", former.wwid);
	return r;
}

int map_verb_configure(struct call *call)
{
	enum mp_geom_mode mode;
	struct mp_geom *geom;
	int r;

	if (!call_has_flag(call, 'A') && !call_has_flag(call, 'P') && !call_has_flag(call, 'R'))
		return engine_error(call->engine, -EINVAL, "expected -A, -P or -R");
	r = call_find_geom(call, &geom);
	if (r == 0)
		r = call_wanted_mode(call, &mode);
	if (r == 0)
		r = change_mode(call, geom, mode);
	if (r == 0)
		call_verbose(call, "%s: %s", call->arguments[0], mp_geom_mode_name(mode));
	return r;
}

int map_verb_stop(struct call *call)
{
	struct mp_geom *geom;
	int r = call_find_geom(call, &geom);

	if (r == 0)
		r = changes_stop(call->engine, geom);
	if (r == 0)
		call_verbose(call, "%s: stopped", geom->name);
	return r;
}

int map_verb_load(struct call *call)
{
	int r = engine_note(call->engine, true, false, "load no");

	if (r == 0)
		r = engine_note(call->engine, true, true, "load yes");
	if (r < 0)
		return r;
	for (size_t i = 0; i < call->engine->count; i++)
		for (size_t p = 0; p < call->engine->geoms[i].count; p++)
			engine_hold(call->engine, call->engine->geoms[i].paths[p].devt, true);
	r = taste_all(call->engine, TASTE_MOVED);
	if (r >= 0)
		call_verbose(call, "%d path%s joined", r, r == 1 ? "" : "s");
	return r < 0 ? r : 0;
}

int map_verb_unload(struct call *call)
{
	int r = engine_note(call->engine, true, false, "load yes");

	return r < 0 ? r : engine_note(call->engine, true, true, "load no");
}
