/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/label_verbs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "gmultipath/call.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/known.h"
#include "gmultipath/lun.h"
#include "gmultipath/newmap.h"
#include "gmultipath/sectors.h"
#include "gmultipath/superblock.h"
#include "gmultipath/taste.h"
#include "kernel/sysfs.h"

/*
 * The kernel may know partition tables that libblkid does not, and partitions without a table.
 */
static bool has_partition_at_end(const struct provider *provider)
{
	const uint64_t end = (provider->disk.media_bytes - provider->disk.sector_bytes) / 512;
	char dir_name[64], file[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(dir_name, sizeof(dir_name), "/sys/dev/block/%u:%u", major(provider->devt),
		 minor(provider->devt));
	dir = opendir(dir_name);
	while (!found && dir && (entry = readdir(dir))) {
		uint64_t start, size;

		if (entry->d_name[0] == '.' ||
		    (size_t)snprintf(file, sizeof(file), "%s/%s", dir_name, entry->d_name) >=
			    sizeof(file) ||
		    mp_sysfs_read_number(file, "", "start", &start) < 0 ||
		    mp_sysfs_read_number(file, "", "size", &size) < 0)
			continue;
		found = start + size > end;
	}
	if (dir)
		closedir(dir);
	return found;
}

/* Return: what the last sector belongs to, NULL if nothing; may be written to @text. */
static const char *owner_of_sector(const struct provider *provider, const uint8_t *sector,
				   char *text, size_t size)
{
	const char *what = mp_label_describe_sector(sector, provider->disk.sector_bytes);
	int r = what ? 0 : superblock_find(provider, text, size);

	if (what)
		return what;
	if (r < 0)
		return "something that cannot be read";
	if (r > 0)
		return text;
	if (has_partition_at_end(provider))
		return "a partition that extends to the end";
	return mp_label_sector_is_zero(sector, provider->disk.sector_bytes) ? NULL : "data";
}

/*
 * @ret: the current sector. Return: 0, negative errno (message in err) if the label would overwrite
 * something or cut it short.
 */
static int check_contents(struct call *call, const struct provider *provider, uint8_t **ret)
{
	_cleanup_free_ uint8_t *sector = NULL;
	char text[128];
	const char *what;
	int r = sectors_read(provider, &sector);

	if (r < 0)
		return engine_error(call->engine, r, "%s: its last sector cannot be read: %s",
				    provider->name, sectors_strerror(r));
	what = call_has_flag(call, 'f') ? NULL :
					  owner_of_sector(provider, sector, text, sizeof(text));
	if (what)
		return engine_error(
			call->engine, -EEXIST,
			"%s: its last sector belongs to %s; expected an empty sector (-f overwrites it)",
			provider->name, what);
	*ret = TAKE_PTR(sector);
	return 0;
}

/* The other paths must show the label that was just written. */
static bool shows_label(const struct provider *provider, const struct mp_label *label)
{
	struct mp_label shown;

	return engine_read_label(provider, &shown) == 0 && !strcmp(shown.uuid, label->uuid) &&
	       !strcmp(shown.name, label->name) && shown.mode == label->mode;
}

/* A removed path still shows the label of its map, which continues to use that disk. */
static int check_label_unused(const struct call *call, const struct provider *provider,
			      const char *uuid)
{
	char wwid[MP_WWID_SIZE];
	const struct mp_geom *geom;
	struct known known;

	known_get(call->engine, uuid, &known);
	snprintf(wwid, sizeof(wwid), MP_GEOM_WWID_AUTOMATIC "%s", uuid);
	geom = *uuid ? engine_find_wwid(call->engine, wwid) : NULL;
	if (!geom || known_is_copy(&known, provider))
		return 0;
	return engine_error(
		call->engine, -EBUSY,
		"%s: its label is that of %s, which exists; erase it by: gmultipath destroy %s",
		provider->name, geom->name, geom->name);
}

static int check_former_label(const struct call *call, const struct provider *provider,
			      const uint8_t *sector)
{
	struct mp_label former = { .uuid = "" };

	mp_label_decode(sector, provider->disk.sector_bytes, provider->disk.media_bytes, &former);
	return check_label_unused(call, provider, former.uuid);
}

/* Record the UUID and replace @before by the label. Return: 0, negative errno (message in err). */
static int write_new_label(struct call *call, const struct provider *provider,
			   const struct mp_label *label, const char *wwid, const uint8_t *before)
{
	_cleanup_free_ uint8_t *encoded = calloc(1, label->sector_bytes);
	struct engine *engine = call->engine;
	int r = encoded ? mp_label_encode(label, encoded, label->sector_bytes) : -ENOMEM;

	if (r < 0)
		return r;
	/*
	 * Record it first: an unknown label would create no map, an unused UUID does no harm.
	 */
	r = engine_know(engine, label->uuid, label->name, wwid);
	if (r < 0)
		return r;
	r = sectors_replace(engine, provider, wwid, before, encoded);
	if (r < 0) {
		engine_note(engine, true, false, "known %s", label->uuid);
		return engine_error(engine, r, "%s: label not written: %s", provider->name,
				    sectors_strerror(r));
	}
	return 0;
}

static void take_back_label(struct call *call, const struct provider *provider,
			    const struct mp_label *label, const uint8_t *before)
{
	_cleanup_free_ uint8_t *encoded = calloc(1, label->sector_bytes);

	engine_note(call->engine, true, false, "known %s", label->uuid);
	if (encoded && mp_label_encode(label, encoded, label->sector_bytes) == 0)
		sectors_replace(call->engine, provider, "", encoded, before);
}

/*
 * Add the others, if they show the label that was just written. Return: 0, -EXDEV, -EIO (message in
 * err).
 */
static int take_others(struct call *call, const struct provider *providers, int count,
		       const struct mp_label *label, const char *wwid, struct mp_geom *geom)
{
	int refused = 0;

	for (int i = 1; i < count; i++) {
		enum mp_proof_verdict verdict = lun_judge(providers[i].devt, wwid);

		if (!shows_label(&providers[i], label))
			refused = engine_error(
				call->engine, -EXDEV,
				"%s does not show the label of %s: it is another disk, not "
				"added to %s",
				providers[i].name, providers[0].name, label->name);
		else if (verdict == MP_PROOF_MISSING)
			refused = engine_error(
				call->engine, -EIO,
				"%s does not answer INQUIRY: it cannot be verified as a path to the same disk "
				"as %s, not added to %s",
				providers[i].name, providers[0].name, label->name);
		else if (verdict == MP_PROOF_WRONG)
			refused = engine_error(
				call->engine, -EXDEV,
				"%s has another WWID than %s: it is a copy of that disk, not "
				"added to %s",
				providers[i].name, providers[0].name, label->name);
		else
			newmap_add_path(geom, &providers[i]);
	}
	return refused;
}

int label_verb_label(struct call *call)
{
	_cleanup_free_ struct provider *providers = NULL;
	_cleanup_free_ uint8_t *sector = NULL;
	struct mp_label label = { 0 };
	struct mp_geom geom = { 0 };
	char wwid[MP_WWID_SIZE];
	struct known former;
	int r, count, refused;

	r = call_wanted_mode(call, &geom.mode);
	if (r == 0)
		r = newmap_check_name(call, call->arguments[0]);
	if (r < 0)
		return r;
	count = newmap_take_providers(call, call->arguments + 1, call->count - 1, &providers);
	r = count < 0 ? count : check_contents(call, &providers[0], &sector);
	if (r == 0)
		r = check_former_label(call, &providers[0], sector);
	if (r == 0)
		r = newmap_make_uuid(label.uuid, sizeof(label.uuid));
	if (r < 0)
		return r;
	snprintf(label.name, sizeof(label.name), "%s", call->arguments[0]);
	label.media_bytes = providers[0].disk.media_bytes;
	label.sector_bytes = providers[0].disk.sector_bytes;
	label.mode = geom.mode;
	taste_wwid(providers[0].devt, wwid, sizeof(wwid));
	known_get_of_disk(call->engine, wwid, &former);
	r = write_new_label(call, &providers[0], &label, wwid, sector);
	if (r < 0) {
		known_put_back(call->engine, &former);
		return r;
	}

	snprintf(geom.name, sizeof(geom.name), "%s", label.name);
	snprintf(geom.wwid, sizeof(geom.wwid), MP_GEOM_WWID_AUTOMATIC "%s", label.uuid);
	geom.size_sectors = (label.media_bytes - label.sector_bytes) / 512;
	newmap_add_path(&geom, &providers[0]);
	refused = take_others(call, providers, count, &label, wwid, &geom);
	r = newmap_create(call, &geom);
	if (r < 0) {
		take_back_label(call, &providers[0], &label, sector);
		known_put_back(call->engine, &former);
	} else if (refused < 0) {
		engine_error(call->engine, refused,
			     "%s: label written, map created with %zu of %d paths", geom.name,
			     geom.count, count);
	}
	return r < 0 ? r : refused;
}

static void forget_uuid(struct engine *engine, const char *uuid)
{
	engine_note(engine, true, false, "known %s", uuid);
	engine_note(engine, true, false, "bio %s", uuid);
	engine_note(engine, false, false, "stopped %s", uuid);
	engine_note(engine, false, false, "apart %s", uuid);
}

static int erase_label(struct engine *engine, const struct mp_geom *geom)
{
	const char *uuid = mp_geom_uuid(geom);
	struct known known;
	int r;

	/*
	 * The write makes udev ask whether the disk is a path: forget the label before.
	 */
	known_get(engine, uuid, &known);
	engine_note(engine, true, false, "known %s", uuid);
	r = sectors_write_label(engine, geom, NULL, known.wwid);
	if (r == 0)
		forget_uuid(engine, uuid);
	else
		known_put_back(engine, &known);
	return r;
}

int label_verb_destroy(struct call *call)
{
	struct mp_label label;
	struct mp_geom *geom;
	struct known known;
	int r = call_find_geom(call, &geom);

	/* If the label cannot be erased, keep the map. */
	if (r == 0 && mp_geom_uuid(geom)) {
		known_get(call->engine, mp_geom_uuid(geom), &known);
		r = sectors_read_label(call->engine, geom, known.wwid, &label);
		if (r < 0)
			return engine_error(call->engine, r,
					    "%s: `gmultipath stop` removes only the map",
					    geom->name);
	}
	if (r == 0)
		r = changes_stop(call->engine, geom);
	if (r == 0 && mp_geom_uuid(geom))
		r = erase_label(call->engine, geom);
	if (r == 0)
		call_verbose(call, "%s: destroyed", geom->name);
	return r;
}

/* Forget a label that was erased elsewhere. Return: true if it was known. */
static bool forget_disk(struct engine *engine, const struct provider *provider)
{
	char wwid[MP_WWID_SIZE], uuid[MP_LABEL_UUID_SIZE];

	taste_wwid(provider->devt, wwid, sizeof(wwid));
	if (mp_geom_notes_uuid(&engine->config, wwid, uuid, sizeof(uuid)) < 0)
		return false;
	forget_uuid(engine, uuid);
	return true;
}

static int erase(struct call *call, const struct provider *provider, const uint8_t *sector)
{
	_cleanup_free_ uint8_t *zero = calloc(1, provider->disk.sector_bytes);
	char wwid[MP_WWID_SIZE];
	int r = -ENOMEM;

	taste_wwid(provider->devt, wwid, sizeof(wwid));
	if (zero)
		r = sectors_replace(call->engine, provider, wwid, sector, zero);
	if (r < 0)
		return engine_error(call->engine, r, "%s: label not erased: %s", provider->name,
				    sectors_strerror(r));
	call_verbose(call, "%s: label erased", provider->name);
	return 0;
}

static int clear_one(struct call *call, const char *name)
{
	_cleanup_free_ uint8_t *sector = NULL;
	struct known known;
	struct mp_label label = { .uuid = "" };
	struct provider provider;
	int r = engine_provider(call->engine, name, &provider);

	if (r == 0)
		r = engine_check_unused(call->engine, &provider);
	if (r < 0)
		return r;
	r = sectors_read(&provider, &sector);
	if (r < 0)
		return engine_error(call->engine, r, "%s: %s", provider.name, sectors_strerror(r));
	r = mp_label_decode(sector, provider.disk.sector_bytes, provider.disk.media_bytes, &label);
	if (r == -ENOENT && forget_disk(call->engine, &provider))
		return 0;
	if (r == -ENOENT)
		return engine_error(call->engine, r, "%s: it has no label", provider.name);
	/* A label that does not match its disk can be erased, too. */
	known_get(call->engine, label.uuid, &known);
	r = check_label_unused(call, &provider, label.uuid);
	if (r == 0)
		r = lun_check_unused(call->engine, &provider, NULL);
	if (r < 0)
		return r;
	/* The record of a copy's label belongs to the original. */
	if (!*label.uuid || known_is_copy(&known, &provider))
		return erase(call, &provider, sector);
	engine_note(call->engine, true, false, "known %s", label.uuid);
	r = erase(call, &provider, sector);
	if (r == 0)
		forget_uuid(call->engine, label.uuid);
	else
		known_put_back(call->engine, &known);
	return r;
}

int label_verb_clear(struct call *call)
{
	int r, error = 0;

	for (size_t i = 0; i < call->count; i++) {
		r = clear_one(call, call->arguments[i]);
		if (r < 0)
			error = r;
	}
	return error;
}
