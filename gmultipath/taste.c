/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/taste.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "kernel/probe.h"

bool taste_loaded(const struct engine *engine)
{
	return !mp_geom_notes_has(&engine->config, "load no");
}

static int told_wwid(dev_t devt, char *wwid)
{
	char name[MP_NAME_SIZE], dir[MP_PROBE_DIR_SIZE];
	struct mp_identity identity;
	int r = mp_probe_locate_devt(&mp_roots_system, devt, name, sizeof(name), dir, sizeof(dir));

	if (r == 0)
		r = mp_probe_identity(&mp_roots_system, devt, name, dir, &identity);
	return r < 0 ? r : mp_probe_page_wwid(&mp_roots_system, identity.protocol, dir, wwid);
}

bool taste_same_disk(dev_t a, dev_t b)
{
	char one[MP_WWID_SIZE], other[MP_WWID_SIZE];

	return told_wwid(a, one) < 0 || told_wwid(b, other) < 0 || !strcmp(one, other);
}

int taste_join(struct engine *engine, const struct mp_geom *geom, const struct provider *provider)
{
	struct mp_geom wider = *geom;
	struct mp_geom_path *path = &wider.paths[wider.count];

	if (wider.count == MP_GEOM_PATHS)
		return engine_error(engine, -E2BIG, "%s: it has %d paths, and no room for more", geom->name,
				    MP_GEOM_PATHS);
	*path = (struct mp_geom_path){ .devt = provider->devt };
	memcpy(path->name, provider->name, sizeof(path->name));
	/* While none was good, there was no active one. */
	if (wider.active == wider.count && wider.mode != MP_GEOM_ACTIVE_ACTIVE)
		wider.active = mp_geom_good_count(geom) ? 0 : wider.count;
	wider.count++;
	mp_geom_choose_active(&wider);
	return engine_reload(engine, geom, &wider);
}

int taste_leave(struct engine *engine, const struct mp_geom *geom, size_t path)
{
	struct mp_geom narrower = *geom;
	dev_t devt = geom->paths[path].devt;
	int r;

	if (geom->count == 1)
		return engine_remove(engine, geom);
	mp_geom_remove(&narrower, path);
	r = engine_reload(engine, geom, &narrower);
	if (r == 0)
		r = engine_note(engine, false, false, "failed %s %u:%u", geom->wwid, major(devt), minor(devt));
	return r;
}

/* Another map may have the label's name: a distinct one, and it is said. */
static int choose_name(struct engine *engine, const struct mp_label *label, struct mp_geom *geom)
{
	snprintf(geom->name, sizeof(geom->name), "%s", label->name);
	if (engine_name_is_free(engine, geom->name))
		return 0;
	snprintf(geom->name, sizeof(geom->name), "%s-%.8s", label->name, label->uuid);
	if (!engine_name_is_free(engine, geom->name))
		snprintf(geom->name, sizeof(geom->name), "%s-%s", label->name, label->uuid);
	return engine_error(engine, 0, "warning: the name %s is taken: the map with UUID %s is called %s", label->name,
			    label->uuid, geom->name);
}

static int make_map(struct engine *engine, const struct provider *provider, const struct mp_label *label)
{
	struct mp_geom geom = { .mode = label->mode,
				.size_sectors = (label->media_bytes - label->sector_bytes) / 512,
				.count = 1 };
	int r;

	r = engine_check_unused(engine, provider);
	if (r < 0)
		return r;
	choose_name(engine, label, &geom);
	snprintf(geom.wwid, sizeof(geom.wwid), MP_GEOM_WWID_AUTOMATIC "%s", label->uuid);
	geom.paths[0].devt = provider->devt;
	memcpy(geom.paths[0].name, provider->name, sizeof(geom.paths[0].name));
	return engine_create(engine, &geom);
}

static bool label_is_known(const struct engine *engine, const struct mp_label *label)
{
	char words[MP_LABEL_UUID_SIZE + 16];

	snprintf(words, sizeof(words), "known %s", label->uuid);
	return mp_geom_notes_has(&engine->config, words);
}

/* The administrator has stopped the map, or taken this path out of it. */
static bool is_refused(const struct engine *engine, const struct provider *provider, const struct mp_label *label)
{
	char words[MP_LABEL_UUID_SIZE + 48];

	snprintf(words, sizeof(words), "stopped %s", label->uuid);
	if (mp_geom_notes_has(&engine->state, words))
		return true;
	snprintf(words, sizeof(words), "apart %s %u:%u", label->uuid, major(provider->devt), minor(provider->devt));
	return mp_geom_notes_has(&engine->state, words);
}

int taste_disk(struct engine *engine, const struct provider *provider, bool accept)
{
	char wwid[MP_WWID_SIZE];
	const struct mp_geom *geom;
	struct mp_label label;
	int r;

	if (engine_find_member(engine, provider->devt) || engine_read_label(provider, &label) < 0)
		return 0;
	if (accept) {
		r = engine_note(engine, false, false, "stopped %s", label.uuid);
		if (r == 0)
			r = engine_note(engine, false, false, "apart %s", label.uuid);
		if (r == 0 && !label_is_known(engine, &label))
			r = engine_note(engine, true, true, "known %s %s", label.uuid, label.name);
		if (r < 0)
			return r;
	}
	if (!taste_loaded(engine) || !label_is_known(engine, &label) || is_refused(engine, provider, &label))
		return 0;

	snprintf(wwid, sizeof(wwid), MP_GEOM_WWID_AUTOMATIC "%s", label.uuid);
	geom = engine_find_wwid(engine, wwid);
	if (!geom) {
		r = make_map(engine, provider, &label);
	} else if (!taste_same_disk(geom->paths[0].devt, provider->devt)) {
		return engine_error(engine, -EXDEV, "warning: %s has the label of %s, but is another disk (a copy of it?): "
				    "it is left alone", provider->name, geom->name);
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
	bool accept;
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
	strcpy(provider.name, name);
	fd = provider_open(devt, name, O_RDONLY | O_NONBLOCK);
	if (fd >= 0 && mp_label_ask_size(fd, &provider.disk) == 0 &&
	    taste_disk(tasting->engine, &provider, tasting->accept) > 0)
		tasting->joined++;
	return 0;
}

int taste_all(struct engine *engine, bool accept)
{
	struct tasting tasting = { .engine = engine, .accept = accept };
	int r = mp_probe_enumerate(&mp_roots_system, taste_found, &tasting);

	return r < 0 ? engine_error(engine, r, "cannot enumerate disks: %s", strerror(-r)) : tasting.joined;
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
		/* The last one stays while the map is open. */
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
	r = mp_dm_message(geom->wwid, queue ? "queue_if_no_path" : "fail_if_no_path");
	return r < 0 ? engine_error(engine, r, "%s: %s", geom->name, strerror(-r)) : TASTE_CHANGED;
}

int taste_react(struct engine *engine, const char *wwid, bool may_restore)
{
	const struct mp_geom *geom;
	struct mp_geom wanted;
	int reaction = drop_lost(engine, wwid);
	bool queue = true;
	int r;

	geom = engine_find_wwid(engine, wwid);
	if (reaction < 0 || !geom)
		return reaction;
	wanted = *geom;
	/* In Active/Read an error of a read fails the path for writes as well. */
	if (geom->uneven)
		reaction = TASTE_CHANGED;
	if (!mp_geom_good_count(geom)) {
		queue = may_restore && geom->count > 1 && mp_geom_restore_others(&wanted, wanted.count);
		if (queue)
			reaction = TASTE_RESTORED;
	}
	r = geom->uneven || reaction == TASTE_RESTORED ? engine_apply_states(engine, geom, &wanted) : 0;
	if (r == 0)
		r = set_queueing(engine, geom, queue);
	return r < 0 ? r : reaction ? reaction : r;
}
