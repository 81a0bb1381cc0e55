/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/taste.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "gmultipath/changes.h"
#include "gmultipath/lun.h"
#include "kernel/dm.h"
#include "kernel/probe.h"
#include "model/order.h"

bool taste_loaded(const struct engine *engine)
{
	return !mp_geom_notes_has(&engine->config, "load no");
}

/* A WWID that is not one word cannot be stored in the notes. */
static void take_one_word(const char *wwid, char *ret, size_t size)
{
	snprintf(ret, size, "%s", wwid[strcspn(wwid, " \t\r\n#")] ? "" : wwid);
}

void taste_wwid(dev_t devt, char *ret, size_t size)
{
	char wwid[MP_WWID_SIZE];

	if (lun_scanned(devt, wwid) < 0)
		*wwid = '\0';
	take_one_word(wwid, ret, size);
}

bool taste_is_disk_of(const struct engine *engine, const struct mp_geom *geom, dev_t devt)
{
	const char *uuid = mp_geom_uuid(geom);
	char known[MP_WWID_SIZE], other[MP_WWID_SIZE];

	/* All paths may be gone, or of a kind without a WWID. */
	if (!uuid || mp_geom_notes_wwid(&engine->config, uuid, known, sizeof(known)) < 0)
		*known = '\0';
	if (lun_judge(devt, known) != MP_PROOF_HOLDS)
		return false;
	for (size_t i = 0; i < geom->count; i++) {
		if (geom->paths[i].lost || lun_scanned(geom->paths[i].devt, other) < 0 ||
		    !strcmp(other, known))
			continue;
		if (lun_judge(devt, other) != MP_PROOF_HOLDS)
			return false;
		memcpy(known, other, sizeof(known));
	}
	return true;
}

int taste_join(struct engine *engine, const struct mp_geom *geom, const struct provider *provider)
{
	struct mp_geom wider = *geom;
	struct mp_geom_path *path = &wider.paths[wider.count];
	char words[MP_WWID_SIZE + 32];

	if (engine_stands_on(provider->devt, geom))
		return engine_error(engine, -ELOOP,
				    "%s: it is stacked on %s; expected another device",
				    provider->name, geom->name);
	if (wider.count == MP_GEOM_PATHS)
		return engine_error(engine, -E2BIG, "%s: it already has the maximum of %d paths",
				    geom->name, MP_GEOM_PATHS);
	*path = (struct mp_geom_path){ .devt = provider->devt };
	memcpy(path->name, provider->name, sizeof(path->name));
	/*
	 * It may have been left out of a table while it did not answer: if it was failed by hand,
	 * it stays failed.
	 */
	snprintf(words, sizeof(words), "failed %s %u:%u", geom->wwid, major(provider->devt),
		 minor(provider->devt));
	path->failed = path->by_hand = mp_geom_notes_has(&engine->state, words);
	/* Without a good path, none was active. */
	if (wider.active == wider.count && wider.mode != MP_GEOM_ACTIVE_ACTIVE)
		wider.active = mp_geom_good_count(geom) ? 0 : wider.count;
	wider.count++;
	for (size_t i = wider.count; i-- > 0;)
		if (wider.paths[i].lost)
			mp_geom_remove(&wider, i);
	mp_geom_choose_active(&wider);
	return engine_is_bio(provider->devt) && !geom->bio ? changes_remake(engine, geom, &wider) :
							     changes_reload(engine, geom, &wider);
}

int taste_leave(struct engine *engine, const struct mp_geom *geom, size_t path)
{
	struct mp_geom narrower = *geom;
	dev_t devt = geom->paths[path].devt;
	int r;

	if (geom->count == 1) {
		r = changes_remove(engine, geom);
		return r < 0 ? r :
			       engine_note(engine, false, false, MP_GEOM_NOTE_LUN "%s", geom->wwid);
	}
	mp_geom_remove(&narrower, path);
	r = changes_reload(engine, geom, &narrower);
	if (r == 0)
		r = engine_note(engine, false, false, "failed %s %u:%u", geom->wwid, major(devt),
				minor(devt));
	if (r == 0)
		r = lun_note(engine, geom->wwid, devt, "");
	if (r == 0)
		r = engine_note(engine, false, false, "foreign %s %u:%u", geom->wwid, major(devt),
				minor(devt));
	return r;
}

/*
 * Use the label's name, unless it is invalid for a map or already in use; then warn about the name
 * used instead.
 */
static void choose_name(struct engine *engine, const struct mp_label *label, struct mp_geom *geom)
{
	char name[MP_LABEL_NAME_SIZE];
	bool own = mp_label_map_name(label->name, name);

	snprintf(geom->name, sizeof(geom->name), "%s", name);
	if (!engine_name_is_free(engine, geom->name)) {
		snprintf(geom->name, sizeof(geom->name), "%s-%.8s", name, label->uuid);
		if (!engine_name_is_free(engine, geom->name))
			snprintf(geom->name, sizeof(geom->name), "%s-%s", name, label->uuid);
		engine_error(
			engine, 0,
			"warning: the name %s is already in use: the map with UUID %s is named %s",
			name, label->uuid, geom->name);
	} else if (!own) {
		engine_error(
			engine, 0,
			"warning: the label with UUID %s has a name that is not valid for a map: the map is named %s",
			label->uuid, geom->name);
	}
}

static int make_map(struct engine *engine, const struct provider *provider,
		    const struct mp_label *label)
{
	struct mp_geom geom = { .mode = label->mode,
				.size_sectors = (label->media_bytes - label->sector_bytes) / 512,
				.count = 1 };
	int r;

	r = engine_check_unused(engine, provider);
	if (r == 0)
		r = lun_check_unused(engine, provider, NULL);
	if (r < 0)
		return r;
	choose_name(engine, label, &geom);
	snprintf(geom.wwid, sizeof(geom.wwid), MP_GEOM_WWID_AUTOMATIC "%s", label->uuid);
	geom.paths[0].devt = provider->devt;
	memcpy(geom.paths[0].name, provider->name, sizeof(geom.paths[0].name));
	return changes_create(engine, &geom);
}

/*
 * May the label on this disk create a map? Records it if it was unknown. Return: 1 yes, 0 no,
 * negative errno (message in err).
 */
static int trust(struct engine *engine, const struct provider *provider,
		 const struct mp_label *label, enum taste taste)
{
	char told[MP_WWID_SIZE], wwid[MP_WWID_SIZE], known[MP_WWID_SIZE], name[MP_LABEL_NAME_SIZE];
	int r = mp_geom_notes_wwid(&engine->config, label->uuid, known, sizeof(known)), error;

	mp_label_map_name(label->name, name);
	if (r < 0 && taste == TASTE_KNOWN)
		return 0;
	error = lun_check(provider->devt, told);
	if (error < 0)
		return taste == TASTE_NEW ?
			       0 :
			       engine_error(engine, error,
					    "warning: %s has the label of %s, but %s: ignored",
					    provider->name, name, lun_strerror(error));
	take_one_word(told, wwid, sizeof(wwid));
	if (r == 0 && (!*wwid || !strcmp(wwid, known)))
		return 1;
	if (r == 0 && *known && taste != TASTE_MOVED)
		return taste == TASTE_NEW ?
			       0 :
			       engine_error(
				       engine, -EXDEV,
				       "warning: %s has the label of %s, but is another disk (a copy of it?): "
				       "ignored; `gmultipath load` may accept it",
				       provider->name, name);
	r = engine_know(engine, label->uuid, label->name, wwid);
	return r < 0 ? r : 1;
}

/* The administrator stopped the map or removed this path from it. */
static bool is_refused(const struct engine *engine, const struct provider *provider,
		       const struct mp_label *label)
{
	char words[MP_LABEL_UUID_SIZE + 48];

	snprintf(words, sizeof(words), "stopped %s", label->uuid);
	if (mp_geom_notes_has(&engine->state, words))
		return true;
	snprintf(words, sizeof(words), "apart %s %u:%u", label->uuid, major(provider->devt),
		 minor(provider->devt));
	return mp_geom_notes_has(&engine->state, words);
}

int taste_disk(struct engine *engine, const struct provider *provider, enum taste taste)
{
	char wwid[MP_WWID_SIZE];
	const struct mp_geom *geom;
	struct mp_label label;
	int r;

	if (engine_find_member(engine, provider->devt))
		return 0;
	r = engine_read_label(provider, &label);
	if (r < 0) {
		/* Reported once, to the caller of `load`. */
		if (taste == TASTE_MOVED && mp_label_error(r))
			engine_error(engine, 0, "warning: %s: its label %s: no map created",
				     provider->name, mp_label_error(r));
		return 0;
	}
	snprintf(wwid, sizeof(wwid), MP_GEOM_WWID_AUTOMATIC "%s", label.uuid);
	geom = engine_find_wwid(engine, wwid);
	if (!taste_loaded(engine))
		return 0;
	if (geom && !taste_is_disk_of(engine, geom, provider->devt))
		return taste == TASTE_NEW ?
			       0 :
			       engine_error(
				       engine, -EXDEV,
				       "warning: %s has the label of %s, but is another disk (a copy of it?): "
				       "ignored",
				       provider->name, geom->name);
	r = trust(engine, provider, &label, taste);
	if (r <= 0)
		return r;
	if (taste != TASTE_KNOWN) {
		r = engine_note(engine, false, false, "stopped %s", label.uuid);
		if (r == 0)
			r = engine_note(engine, false, false, "apart %s", label.uuid);
		if (r < 0)
			return r;
	}
	if (is_refused(engine, provider, &label))
		return 0;
	if (!geom) {
		r = make_map(engine, provider, &label);
	} else {
		r = engine_check_unused(engine, provider);
		if (r == 0)
			r = taste_join(engine, geom, provider);
	}
	if (r == 0)
		r = engine_look(engine);
	return r < 0 ? r : 1;
}

struct tasting {
	struct engine *engine;
	enum taste taste;
	int joined;
};

static int taste_found(void *userdata, dev_t devt, const char *name, const char *dir)
{
	struct tasting *tasting = userdata;
	struct provider provider = { .devt = devt };
	_cleanup_close_ int fd = -1;

	(void)dir;
	if (!strncmp(name, "dm-", 3) || strlen(name) >= sizeof(provider.name))
		return 0;
	if (engine_is_silent(tasting->engine, devt)) {
		if (tasting->taste != TASTE_NEW)
			engine_error(tasting->engine, 0, "warning: %s does not answer: skipped",
				     name);
		return 0;
	}
	strcpy(provider.name, name);
	fd = engine_provider_open(devt, name, O_RDONLY | O_NONBLOCK);
	if (fd >= 0 && mp_label_ask_size(fd, &provider.disk) == 0 &&
	    taste_disk(tasting->engine, &provider, tasting->taste) > 0)
		tasting->joined++;
	return 0;
}

int taste_all(struct engine *engine, enum taste taste)
{
	struct tasting tasting = { .engine = engine };
	int r = 0;

	/* Known disks before copies of them. */
	for (tasting.taste = taste == TASTE_MOVED ? TASTE_NEW : taste;
	     r >= 0 && tasting.taste <= taste; tasting.taste++)
		r = mp_probe_enumerate(&mp_roots_system, taste_found, &tasting);
	return r < 0 ? engine_error(engine, r, "cannot enumerate disks: %s", strerror(-r)) :
		       tasting.joined;
}

/* Return: enum taste_reaction, negative errno. */
static int drop_lost(struct engine *engine, const char *wwid)
{
	enum taste_reaction reaction = TASTE_NOTHING;
	const struct mp_geom *geom;
	int r;

	while ((geom = engine_find_wwid(engine, wwid))) {
		size_t lost = 0;

		while (lost < geom->count && !geom->paths[lost].lost)
			lost++;
		if (lost == geom->count)
			break;
		r = taste_leave(engine, geom, lost);
		/* The last path stays while the map is in use. */
		if (r == -EBUSY)
			break;
		if (r == 0)
			r = engine_look(engine);
		if (r < 0)
			return r;
		reaction = TASTE_CHANGED;
	}
	return reaction;
}

/* Return: enum taste_reaction, negative errno. */
static int set_queueing(struct engine *engine, const struct mp_geom *geom, bool queue)
{
	int r;

	if (geom->queues == queue)
		return TASTE_NOTHING;
	r = mp_dm_message(geom->wwid, mp_order_queue(queue).text);
	return r < 0 ? engine_error(engine, r, "%s: %s", geom->name, strerror(-r)) : TASTE_CHANGED;
}

/* A path that leads to another LUN must get no I/O, even if it cannot be removed. */
static int fail_lost(struct engine *engine, const struct mp_geom *geom)
{
	struct mp_order message;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < geom->count; i++) {
		if (!geom->paths[i].lost || geom->paths[i].failed)
			continue;
		message = mp_order_fail_path(geom->paths[i].devt);
		r = mp_dm_message(geom->wwid, message.text);
	}
	return r < 0 ? engine_error(engine, r, "%s: %s: %s", geom->name, message.text,
				    strerror(-r)) :
		       0;
}

/*
 * React by messages only, which work whatever else is in progress on the map. Return: enum
 * taste_reaction, negative errno.
 */
static int keep_going(struct engine *engine, const struct mp_geom *geom, enum taste_verdict verdict)
{
	struct mp_geom tried = *geom;
	int r, q;

	r = fail_lost(engine, geom);
	if (r < 0)
		return r;
	/* In Active/Read a path that failed on a read is failed for writes as well. */
	if (geom->uneven)
		r = changes_apply_states(engine, geom, geom);
	if (r < 0)
		return r;
	if (mp_geom_good_count(geom)) {
		q = set_queueing(engine, geom, true);
		return q < 0 || !geom->uneven ? q : TASTE_CHANGED;
	}
	if (verdict == TASTE_NO_VERDICT)
		return TASTE_CHANGED;
	if (verdict == TASTE_FAIL || geom->count < 2 ||
	    !mp_geom_restore_others(&tried, tried.count))
		return set_queueing(engine, geom, false);
	lun_withhold(engine, geom, &tried);
	if (!mp_geom_good_count(&tried))
		return set_queueing(engine, geom, false);
	r = changes_apply_states(engine, geom, &tried);
	q = r < 0 ? r : set_queueing(engine, geom, true);
	return q < 0 ? q : TASTE_RESTORED;
}

int taste_react(struct engine *engine, const char *wwid, enum taste_verdict verdict,
		const struct member *members, size_t member_count)
{
	const struct mp_geom *geom = engine_find_wwid(engine, wwid);
	int r = geom ? engine_note_wrong_lun(engine, geom, members, member_count) : 0,
	    dropped = TASTE_NOTHING;

	if (r > 0)
		r = engine_look(engine);
	if (r == 0 && engine->lock >= 0)
		dropped = drop_lost(engine, wwid);
	if (r < 0 || dropped < 0)
		return r < 0 ? r : dropped;
	geom = engine_find_wwid(engine, wwid);
	r = geom ? keep_going(engine, geom, verdict) : TASTE_NOTHING;
	return r == TASTE_NOTHING ? dropped : r;
}
