/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/changes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "config/state_file.h"
#include "gmultipath/lun.h"
#include "kernel/dm.h"
#include "kernel/probe.h"
#include "kernel/sysfs.h"
#include "model/order.h"

static int changes_send(struct engine *engine, const struct mp_geom *geom, struct mp_order message)
{
	int r = mp_dm_message(geom->wwid, message.text);

	return r < 0 ? engine_error(engine, r, "%s: %s: %s", geom->name, message.text,
				    strerror(-r)) :
		       0;
}

static int note_by_hand(struct engine *engine, const struct mp_geom *geom,
			const struct mp_geom_path *path)
{
	char words[MP_WWID_SIZE + 32];

	snprintf(words, sizeof(words), "failed %s %u:%u", geom->wwid, major(path->devt),
		 minor(path->devt));
	return mp_geom_notes_has(&engine->state, words) == path->by_hand ?
		       0 :
		       engine_note(engine, false, path->by_hand, "%s", words);
}

int changes_apply_states(struct engine *engine, const struct mp_geom *old,
			 const struct mp_geom *geom)
{
	int r, error = 0;

	for (size_t i = 0; i < geom->count; i++) {
		const struct mp_geom_path *path = &geom->paths[i];

		r = note_by_hand(engine, geom, path);
		if (r < 0)
			error = r;
		/*
		 * No path is failed in a table just loaded; a restored path may still be failed in
		 * one of the two maps.
		 */
		if (!path->failed && !old->paths[i].failed)
			continue;
		r = changes_send(engine, geom,
				 path->failed ? mp_order_fail_path(path->devt) :
						mp_order_reinstate_path(path->devt));
		if (r < 0)
			error = r;
	}
	if (geom->mode != MP_GEOM_ACTIVE_ACTIVE && geom->active < geom->count) {
		r = changes_send(engine, geom, mp_order_switch_group(geom->active + 1));
		if (r < 0)
			error = r;
	}
	return error;
}

static void lower_wwids(const struct mp_geom *geom, char *reads, char *writes, size_t size)
{
	snprintf(reads, size, MP_GEOM_READS "%s", geom->wwid);
	snprintf(writes, size, MP_GEOM_WRITES "%s", geom->wwid);
}

/*
 * The kernel accepts a writable table on read-only disks, and then fails the paths on the first
 * write.
 */
static bool is_read_only(const struct mp_geom *geom)
{
	for (size_t i = 0; i < geom->count; i++) {
		char dir[64];
		uint64_t ro;

		snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(geom->paths[i].devt),
			 minor(geom->paths[i].devt));
		if (mp_sysfs_read_number(dir, "", "ro", &ro) < 0 || !ro)
			return false;
	}
	return true;
}

static int load_one(bool create, const struct mp_geom *geom, bool for_reads, const char *wwid)
{
	const struct mp_dm_flags flags = { .internal = true, .read_only = geom->read_only };
	_cleanup_(mp_table_fini) struct mp_table table = { 0 };
	char name[MP_GEOM_NAME_SIZE + 8];
	int r = mp_geom_table(geom, for_reads, &table);

	if (r < 0)
		return r;
	snprintf(name, sizeof(name), "%s%s", geom->name,
		 for_reads ? ENGINE_READS_SUFFIX : ENGINE_WRITES_SUFFIX);
	return create ? mp_dm_create(name, wwid, &table, &flags) :
			mp_dm_reload(wwid, &table, &flags, false);
}

static int remove_one(const char *wwid)
{
	static const struct mp_dm_removal removal = { 0 };
	int r = mp_dm_remove(wwid, &removal);

	return r == -ENODEV ? 0 : r;
}

static int remove_lower(const struct mp_geom *geom, bool writes_too)
{
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];
	int r, error;

	lower_wwids(geom, reads, writes, sizeof(reads));
	error = remove_one(reads);
	r = writes_too ? remove_one(writes) : 0;
	return error < 0 ? error : r;
}

/*
 * Bio-based devices need queue_mode bio; request-based disks work in either mode.
 */
static bool needs_bio(const struct engine *engine, const struct mp_geom *geom)
{
	const char *uuid = mp_geom_uuid(geom);
	char words[MP_WWID_SIZE + 16];

	for (size_t i = 0; i < geom->count; i++)
		if (engine_is_bio(geom->paths[i].devt))
			return true;
	snprintf(words, sizeof(words), "bio %s", uuid ? uuid : "");
	return uuid && mp_geom_notes_has(&engine->config, words);
}

static void note_bio(struct engine *engine, const struct mp_geom *geom)
{
	const char *uuid = mp_geom_uuid(geom);

	if (uuid)
		engine_note(engine, true, true, "bio %s", uuid);
}

int changes_create(struct engine *engine, struct mp_geom *geom)
{
	const struct mp_dm_flags flags = { .read_only = is_read_only(geom) };
	bool split = geom->mode == MP_GEOM_ACTIVE_READ;
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];
	int r;

	geom->queues = engine->watched;
	geom->read_only = flags.read_only;
	geom->bio = needs_bio(engine, geom);
	lower_wwids(geom, reads, writes, sizeof(reads));
	r = load_one(true, geom, false, writes);
	if (r == 0 && split)
		r = load_one(true, geom, true, reads);
	if (r == 0)
		r = mp_dm_create_upper(geom->name, geom->wwid, geom->size_sectors, split, &flags);
	if (r < 0)
		remove_lower(geom, true);
	if (r < 0)
		return engine_error(engine, r, "%s: not created: %s", geom->name,
				    r == -EEXIST ?
					    "its name or UUID is already in use" :
				    r == -EINVAL ?
					    "the kernel does not accept its paths, see its log" :
					    strerror(-r));
	if (geom->bio)
		note_bio(engine, geom);
	for (size_t i = 0; i < geom->count; i++)
		engine_hold(engine, geom->paths[i].devt, true);
	return 0;
}

/* The kernel starts a newly loaded table with all paths active. */
static void mark_good(struct mp_geom *geom)
{
	for (size_t i = 0; i < geom->count; i++)
		geom->paths[i].failed = false;
}

/*
 * Loading a table makes all its paths active, so failed ones are verified first. Those that fail
 * the check are left out: multipathd adds them to a labeled map again when they show the label.
 * Nothing does so for a manual map, so there the command is refused.
 * Return: 0, negative errno (message in err).
 */
static int leave_out(struct engine *engine, struct mp_geom *geom)
{
	for (size_t i = geom->count; i-- > 0;) {
		enum mp_proof_verdict verdict = geom->paths[i].failed ? lun_prove(engine, geom, i) :
									MP_PROOF_HOLDS;
		int r;

		if (verdict == MP_PROOF_HOLDS)
			continue;
		r = lun_refuse(engine, geom, i, verdict);
		if (!mp_geom_uuid(geom))
			return engine_error(
				engine, r,
				"%s: not changed: `gmultipath restore` or remove %s first",
				geom->name, geom->paths[i].name);
		if (geom->count == 1)
			return engine_error(engine, r,
					    "%s: not changed: none of its paths leads to its LUN",
					    geom->name);
		engine_error(engine, 0, "warning: %s: %s removed until it shows the label again",
			     geom->name, geom->paths[i].name);
		mp_geom_remove(geom, i);
	}
	return 0;
}

/* Reload the former tables, without paths that fail the identity check; errors are ignored. */
static void load_back(struct engine *engine, const struct mp_geom *former)
{
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];
	struct mp_geom copy = *former, before;
	const struct mp_geom *geom = &copy;

	for (size_t i = copy.count; i-- > 0;)
		if (copy.paths[i].failed && lun_prove(engine, &copy, i) != MP_PROOF_HOLDS)
			mp_geom_remove(&copy, i);
	if (!copy.count)
		return;
	before = copy;
	lower_wwids(geom, reads, writes, sizeof(reads));
	load_one(false, geom, false, writes);
	if (geom->mode == MP_GEOM_ACTIVE_READ)
		load_one(false, geom, true, reads);
	mark_good(&before);
	changes_apply_states(engine, &before, geom);
}

int changes_reload(struct engine *engine, const struct mp_geom *old, const struct mp_geom *wanted)
{
	const struct mp_dm_flags unchanged = { .reload = true, .read_only = wanted->read_only };
	struct mp_geom proven = *wanted, before;
	const struct mp_geom *geom = &proven;
	bool was_split = old->mode == MP_GEOM_ACTIVE_READ,
	     split = geom->mode == MP_GEOM_ACTIVE_READ;
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];
	bool loaded;
	int r = leave_out(engine, &proven);

	if (r < 0)
		return r;
	before = proven;
	lower_wwids(geom, reads, writes, sizeof(reads));
	/*
	 * The map for writes first: it is the record of the paths. A map is created after those
	 * below it, and removed before them.
	 */
	r = load_one(false, geom, false, writes);
	loaded = r == 0;
	if (r == 0 && split)
		r = load_one(!was_split, geom, true, reads);
	if (r == 0 && split != was_split)
		r = mp_dm_reload_upper(geom->wwid, geom->size_sectors, split, &unchanged);
	if (r < 0 && loaded)
		load_back(engine, old);
	if (split != was_split && (!split || r < 0))
		remove_lower(geom, false);
	if (r < 0)
		return engine_error(engine, r, "%s: not changed: %s", geom->name, strerror(-r));
	mark_good(&before);
	for (size_t i = 0; i < geom->count; i++)
		if (mp_geom_find(old, geom->paths[i].devt) == old->count)
			engine_hold(engine, geom->paths[i].devt, true);
	for (size_t i = 0; i < old->count; i++)
		if (mp_geom_find(geom, old->paths[i].devt) == geom->count &&
		    engine_is_exclusive(engine))
			engine_hold(engine, old->paths[i].devt, false);
	return changes_apply_states(engine, &before, geom);
}

static int remove_unused(struct engine *engine, const struct mp_geom *geom, bool awaits_udev)
{
	const struct mp_dm_removal removal = { .only_unused = true, .awaits_udev = awaits_udev };
	int r = mp_dm_remove(geom->wwid, &removal);

	if (r >= 0)
		engine_note(engine, false, false, ENGINE_WRONG_LUN "%s", geom->wwid);
	if (r < 0)
		return engine_error(
			engine, r, "%s: not removed: %s", geom->name,
			r == -EBUSY ? "it is in use (lsblk /dev/mapper/NAME shows what uses it)" :
				      strerror(-r));
	for (size_t i = 0; i < geom->count && engine_is_exclusive(engine); i++)
		engine_hold(engine, geom->paths[i].devt, false);
	return engine_note(engine, false, false, "failed %s", geom->wwid);
}

int changes_remove(struct engine *engine, const struct mp_geom *geom)
{
	return remove_unused(engine, geom, true);
}

int changes_remake(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom)
{
	struct mp_geom before, former = *old;
	int r;

	note_bio(engine, geom);
	if (mp_dm_open_count(old->wwid) > 0)
		return engine_error(
			engine, -EBUSY,
			"%s: it is in use, and was created without bio-based paths (dm, MD, partitions): "
			"unmount it, then %s",
			old->name,
			mp_geom_uuid(old) ? "repeat this" : "stop it and create it with all paths");
	r = leave_out(engine, geom);
	if (r == 0)
		r = changes_remove(engine, old);
	if (r < 0)
		return r;
	before = *geom;
	r = changes_create(engine, geom);
	if (r < 0) {
		if (changes_create(engine, &former) == 0) {
			before = former;
			mark_good(&before);
			changes_apply_states(engine, &before, old);
		}
		return r;
	}
	mark_good(&before);
	return changes_apply_states(engine, &before, geom);
}

static int stop(struct engine *engine, const struct mp_geom *geom, bool awaits_udev)
{
	const char *uuid = mp_geom_uuid(geom);
	int r = uuid ? engine_note(engine, false, true, "stopped %s", uuid) : 0;

	if (r == 0)
		r = remove_unused(engine, geom, awaits_udev);
	if (r == 0)
		engine_note(engine, false, false, MP_GEOM_NOTE_LUN "%s", geom->wwid);
	if (r < 0 && uuid)
		engine_note(engine, false, false, "stopped %s", uuid);
	return r;
}

int changes_stop(struct engine *engine, const struct mp_geom *geom)
{
	return stop(engine, geom, true);
}

int changes_remove_any(const char *wwid, const struct mp_dm_removal *removal)
{
	const struct mp_geom *geom = NULL;
	struct engine engine;
	int r;

	if (!mp_geom_is_wwid(wwid))
		return mp_dm_remove(wwid, removal);
	if (engine_open(&engine, false) >= 0)
		geom = engine_find_wwid(&engine, wwid);
	r = geom ? stop(&engine, geom, removal->awaits_udev) : mp_dm_remove(wwid, removal);
	engine_close(&engine);
	return r;
}

static void sweep_devices(struct engine *engine)
{
	static const struct mp_dm_removal removal = { .only_unused = true };

	for (size_t i = 0; i < engine->listed_count; i++) {
		const char *uuid = engine->listed[i].uuid, *wwid = mp_dm_wwid(uuid),
			   *owner = mp_dm_lower_wwid(uuid);
		struct mp_kernel_map kernel = { 0 };

		/* A map left without a table. */
		if (wwid && mp_geom_is_wwid(wwid) && mp_dm_read(wwid, &kernel) == 0 &&
		    kernel.other_target)
			mp_dm_remove(wwid, &removal);
		mp_dm_map_fini(&kernel);
		/* An internal map without a map on top. */
		if (owner &&
		    (mp_dm_read(owner, &kernel) < 0 ||
		     (!strncmp(uuid, MP_GEOM_READS, strlen(MP_GEOM_READS)) && !kernel.split)))
			mp_dm_remove(uuid, &removal);
		mp_dm_map_fini(&kernel);
		if (wwid && mp_geom_is_wwid(wwid))
			mp_dm_clear(wwid);
		if (owner)
			mp_dm_clear(uuid);
	}
}

static void sweep_map(struct engine *engine, struct mp_geom *geom)
{
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];

	/* Without the daemon, nothing would end queueing when the last path fails. */
	if (geom->queues && !engine->watched &&
	    changes_send(engine, geom, mp_order_queue(false)) == 0)
		geom->queues = false;
	lower_wwids(geom, reads, writes, sizeof(reads));
	/* The load would make failed paths active: postpone it until all are verified. */
	for (size_t i = 0; geom->halves_differ && i < geom->count; i++)
		if (geom->paths[i].failed && lun_prove(engine, geom, i) != MP_PROOF_HOLDS)
			return;
	if (geom->halves_differ && load_one(false, geom, true, reads) == 0) {
		struct mp_geom before = *geom;

		mark_good(&before);
		changes_apply_states(engine, &before, geom);
	}
}

int changes_sweep(struct engine *engine)
{
	sweep_devices(engine);
	for (size_t i = 0; i < engine->count; i++)
		sweep_map(engine, &engine->geoms[i]);
	return engine_look(engine);
}
