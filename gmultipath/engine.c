/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/engine.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <dirent.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "config/state_file.h"
#include "gmultipath/lun.h"
#include "kernel/probe.h"
#include "kernel/sysfs.h"

#define RUN_DIR RUNTIME_DIR "/" MP_GEOM_RUN_DIR
#define READS_SUFFIX ".read"
#define WRITES_SUFFIX ".write"
#define FOREIGN "foreign "

enum { URGENT_MSEC = 1000 };

int engine_error(struct engine *engine, int error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	mp_strbuf_vprintf(&engine->err, format, args);
	va_end(args);
	mp_strbuf_putc(&engine->err, '\n');
	return error;
}

/* ---- what is there */

/* Kernel name of a device. Return: 0, -ENODEV. */
static int device_name(dev_t devt, char *name, size_t size)
{
	char link[64], target[PATH_MAX];
	ssize_t n;

	snprintf(link, sizeof(link), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	n = readlink(link, target, sizeof(target) - 1);
	if (n < 0)
		return -ENODEV;
	target[n] = '\0';
	snprintf(name, size, "%s", basename(target));
	return 0;
}

/* What the map for reads says of the paths. */
static void take_reads(struct mp_geom *geom, const struct mp_table *table)
{
	size_t count = 0;

	for (size_t g = 0; g < table->group_count; g++)
		count += table->groups[g].path_count;
	geom->halves_differ = count != geom->count;
	for (size_t i = 0; i < geom->count; i++) {
		const struct mp_table_path *path = mp_table_find(table, geom->paths[i].devt);

		geom->paths[i].joining = !path;
		geom->halves_differ |= !path;
		geom->uneven |= path && (path->state == MP_DM_FAILED) != geom->paths[i].failed;
		geom->paths[i].failed |= path && path->state == MP_DM_FAILED;
	}
}

static int look_at(struct engine *engine, const char *wwid, struct mp_geom *geom)
{
	struct mp_kernel_map kernel = { 0 }, reads = { 0 };
	char text[MP_WWID_SIZE + 16];
	int r = mp_dm_read(wwid, &kernel);

	if (r < 0)
		return r;
	r = mp_geom_from_kernel(wwid, &kernel, geom);
	snprintf(text, sizeof(text), MP_GEOM_READS "%s", wwid);
	if (r == 0 && kernel.split && mp_dm_read(text, &reads) == 0)
		take_reads(geom, &reads.table);
	mp_kernel_map_fini(&kernel);
	mp_kernel_map_fini(&reads);
	if (r < 0)
		return r;
	for (size_t i = 0; i < geom->count; i++) {
		struct mp_geom_path *path = &geom->paths[i];

		path->lost = device_name(path->devt, path->name, sizeof(path->name)) < 0;
		if (path->lost)
			snprintf(path->name, sizeof(path->name), "%u:%u", major(path->devt), minor(path->devt));
		snprintf(text, sizeof(text), "failed %s %u:%u", wwid, major(path->devt), minor(path->devt));
		path->by_hand = path->failed && mp_geom_notes_has(&engine->state, text);
		snprintf(text, sizeof(text), FOREIGN "%s %u:%u", wwid, major(path->devt), minor(path->devt));
		path->lost |= mp_geom_notes_has(&engine->state, text);
	}
	mp_geom_choose_active(geom);
	return 0;
}

static void forget_world(struct engine *engine)
{
	mp_dm_list_free(engine->listed, engine->listed_count);
	free(engine->geoms);
	engine->listed = NULL;
	engine->geoms = NULL;
	engine->listed_count = engine->count = 0;
}

int engine_look(struct engine *engine)
{
	int r;

	forget_world(engine);
	r = mp_dm_list(&engine->listed, &engine->listed_count);
	if (r < 0)
		return engine_error(engine, r, "cannot list the device-mapper devices: %s", strerror(-r));
	engine->geoms = calloc(engine->listed_count + 1, sizeof(*engine->geoms));
	if (!engine->geoms)
		return -ENOMEM;
	for (size_t i = 0; i < engine->listed_count; i++) {
		const char *wwid = mp_dm_wwid(engine->listed[i].uuid);

		if (wwid && mp_geom_is_wwid(wwid) && look_at(engine, wwid, &engine->geoms[engine->count]) == 0)
			engine->count++;
	}
	return 0;
}

static int load_notes(struct engine *engine)
{
	int r;

	r = mp_geom_notes_load(RUN_DIR, MP_GEOM_RUN_FILE, &engine->state);
	if (r < 0)
		return engine_error(engine, r, RUN_DIR "/" MP_GEOM_RUN_FILE ": %s", strerror(-r));
	r = mp_geom_notes_load(STATE_DIR, MP_GEOM_NOTES_FILE, &engine->config);
	if (r < 0)
		return engine_error(engine, r, STATE_DIR "/" MP_GEOM_NOTES_FILE ": %s", strerror(-r));
	return engine_look(engine);
}

int engine_open(struct engine *engine, bool watched)
{
	*engine = (struct engine){ .watched = watched };
	engine->lock = mp_state_file_open(RUN_DIR, "lock");
	if (engine->lock == -ETIMEDOUT)
		return engine_error(engine, engine->lock,
				    "another command of gmultipath's does not come to an end (a device that does not answer?)");
	if (engine->lock < 0)
		return engine_error(engine, engine->lock, RUN_DIR "/lock: %s", strerror(-engine->lock));
	return load_notes(engine);
}

int engine_open_urgently(struct engine *engine, bool watched)
{
	*engine = (struct engine){ .watched = watched };
	engine->lock = mp_state_file_open_within(RUN_DIR, "lock", URGENT_MSEC);
	return load_notes(engine);
}

int engine_open_to_look(struct engine *engine)
{
	*engine = (struct engine){ .lock = -1 };
	return load_notes(engine);
}

void engine_close(struct engine *engine)
{
	forget_world(engine);
	mp_strbuf_fini(&engine->state);
	mp_strbuf_fini(&engine->config);
	mp_strbuf_fini(&engine->out);
	mp_strbuf_fini(&engine->err);
	if (engine->lock >= 0)
		close(engine->lock);
	engine->lock = -1;
}

struct mp_geom *engine_find(struct engine *engine, const char *name)
{
	static const char *const prefixes[] = { "/dev/mapper/", "/dev/multipath/", "multipath/" };

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i]))) {
			name += strlen(prefixes[i]);
			break;
		}
	for (size_t i = 0; i < engine->count; i++)
		if (!strcmp(engine->geoms[i].name, name))
			return &engine->geoms[i];
	return NULL;
}

struct mp_geom *engine_find_wwid(struct engine *engine, const char *wwid)
{
	for (size_t i = 0; i < engine->count; i++)
		if (!strcmp(engine->geoms[i].wwid, wwid))
			return &engine->geoms[i];
	return NULL;
}

struct mp_geom *engine_find_member(struct engine *engine, dev_t devt)
{
	for (size_t i = 0; i < engine->count; i++)
		if (mp_geom_find(&engine->geoms[i], devt) < engine->geoms[i].count)
			return &engine->geoms[i];
	return NULL;
}

bool engine_name_is_free(const struct engine *engine, const char *name)
{
	/* device-mapper's own node */
	if (!strcmp(name, "control"))
		return false;
	for (size_t i = 0; i < engine->listed_count; i++) {
		const char *taken = engine->listed[i].name;

		if (!strncmp(taken, name, strlen(name)) &&
		    (!taken[strlen(name)] || !strcmp(taken + strlen(name), READS_SUFFIX) ||
		     !strcmp(taken + strlen(name), WRITES_SUFFIX)))
			return false;
	}
	return true;
}

/* ---- notes */

static const char *notes_dir(bool lasting)
{
	return lasting ? STATE_DIR : RUN_DIR;
}

static const char *notes_file(bool lasting)
{
	return lasting ? MP_GEOM_NOTES_FILE : MP_GEOM_RUN_FILE;
}

/* As they are now, locked: who may not wait for the engine's lock notes something, too. Return: descriptor, negative errno (said). */
static int open_notes(struct engine *engine, bool lasting)
{
	struct mp_strbuf *notes = lasting ? &engine->config : &engine->state;
	_cleanup_close_ int fd = mp_state_file_open(notes_dir(lasting), notes_file(lasting));
	int r = fd;

	mp_strbuf_clear(notes);
	if (r >= 0)
		r = mp_state_file_read(fd, notes);
	mp_geom_notes_clean(notes);
	return r < 0 ? engine_error(engine, r, "%s/%s: %s", notes_dir(lasting), notes_file(lasting), strerror(-r)) : TAKE_FD(fd);
}

static int save_notes(struct engine *engine, bool lasting)
{
	const struct mp_strbuf *notes = lasting ? &engine->config : &engine->state;
	int r = notes->error ? notes->error : mp_state_file_replace(notes_dir(lasting), notes_file(lasting),
								    mp_strbuf_text(notes), notes->length);

	return r < 0 ? engine_error(engine, r, "%s/%s: cannot write: %s", notes_dir(lasting), notes_file(lasting),
				    strerror(-r)) : 0;
}

int engine_note(struct engine *engine, bool lasting, bool add, const char *format, ...)
{
	struct mp_strbuf *notes = lasting ? &engine->config : &engine->state;
	_cleanup_strbuf_ struct mp_strbuf line = MP_STRBUF_INIT;
	_cleanup_close_ int fd = -1;
	va_list args;

	va_start(args, format);
	mp_strbuf_vprintf(&line, format, args);
	va_end(args);
	if (line.error)
		return line.error;
	fd = open_notes(engine, lasting);
	if (fd < 0)
		return fd;
	if (add ? !mp_geom_notes_add(notes, mp_strbuf_text(&line)) : !mp_geom_notes_remove(notes, mp_strbuf_text(&line)))
		return 0;
	return save_notes(engine, lasting);
}

int engine_know(struct engine *engine, const char *uuid, const char *name, const char *wwid)
{
	char words[MP_LABEL_UUID_SIZE + 16], former[MP_LABEL_UUID_SIZE];
	_cleanup_strbuf_ struct mp_strbuf line = MP_STRBUF_INIT;
	_cleanup_close_ int fd = open_notes(engine, true);

	if (fd < 0)
		return fd;
	snprintf(words, sizeof(words), "known %s", uuid);
	mp_geom_notes_remove(&engine->config, words);
	/* A disk has one label. */
	if (mp_geom_notes_uuid(&engine->config, wwid, former, sizeof(former)) == 0) {
		snprintf(words, sizeof(words), "known %s", former);
		mp_geom_notes_remove(&engine->config, words);
	}
	mp_strbuf_printf(&line, "known %s ", uuid);
	mp_geom_notes_put_word(&line, name);
	if (*wwid)
		mp_strbuf_putc(&line, ' ');
	mp_geom_notes_put_word(&line, wwid);
	if (line.error)
		return line.error;
	mp_geom_notes_add(&engine->config, mp_strbuf_text(&line));
	return save_notes(engine, true);
}

/* ---- changes to the kernel's maps */

static int send(struct engine *engine, const struct mp_geom *geom, const char *format, ...)
{
	char message[64];
	va_list args;
	int r;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	r = mp_dm_message(geom->wwid, message);
	return r < 0 ? engine_error(engine, r, "%s: %s: %s", geom->name, message, strerror(-r)) : 0;
}

static int note_by_hand(struct engine *engine, const struct mp_geom *geom, const struct mp_geom_path *path)
{
	char words[MP_WWID_SIZE + 32];

	snprintf(words, sizeof(words), "failed %s %u:%u", geom->wwid, major(path->devt), minor(path->devt));
	return mp_geom_notes_has(&engine->state, words) == path->by_hand ? 0 :
									 engine_note(engine, false, path->by_hand, "%s", words);
}

int engine_apply_states(struct engine *engine, const struct mp_geom *old, const struct mp_geom *geom)
{
	int r, error = 0;

	for (size_t i = 0; i < geom->count; i++) {
		const struct mp_geom_path *path = &geom->paths[i];

		r = note_by_hand(engine, geom, path);
		if (r < 0)
			error = r;
		/* A table that was loaded new has no failed path; a restored one may be failed in one of two maps. */
		if (!path->failed && !old->paths[i].failed)
			continue;
		r = send(engine, geom, "%s %u:%u", path->failed ? "fail_path" : "reinstate_path", major(path->devt),
			 minor(path->devt));
		if (r < 0)
			error = r;
	}
	if (geom->mode != MP_GEOM_ACTIVE_ACTIVE && geom->active < geom->count) {
		r = send(engine, geom, "switch_group %zu", geom->active + 1);
		if (r < 0)
			error = r;
	}
	return error;
}

int engine_note_foreign(struct engine *engine, const struct mp_geom *geom, const struct member *members, size_t count)
{
	int changes = 0;

	for (size_t i = 0; i < count; i++) {
		const struct member *member = &members[i];
		_cleanup_strbuf_ struct mp_strbuf words = MP_STRBUF_INIT;
		bool noted;
		int r;

		if (mp_geom_find(geom, member->devt) == geom->count)
			continue;
		mp_strbuf_printf(&words, FOREIGN "%s %u:%u", geom->wwid, major(member->devt), minor(member->devt));
		noted = mp_geom_notes_has(&engine->state, mp_strbuf_text(&words));
		if (member->foreign == noted)
			continue;
		if (*member->wwid)
			mp_strbuf_putc(&words, ' ');
		mp_geom_notes_put_word(&words, member->wwid);
		r = engine_note(engine, false, member->foreign, "%s", mp_strbuf_text(&words));
		if (r < 0)
			return r;
		changes = 1;
	}
	return changes;
}

static void lower_wwids(const struct mp_geom *geom, char *reads, char *writes, size_t size)
{
	snprintf(reads, size, MP_GEOM_READS "%s", geom->wwid);
	snprintf(writes, size, MP_GEOM_WRITES "%s", geom->wwid);
}

/* The kernel takes a writable table over disks that cannot be written to, and then fails the paths for it. */
static bool is_read_only(const struct mp_geom *geom)
{
	for (size_t i = 0; i < geom->count; i++) {
		char dir[64];
		uint64_t ro;

		snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(geom->paths[i].devt), minor(geom->paths[i].devt));
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
	snprintf(name, sizeof(name), "%s%s", geom->name, for_reads ? READS_SUFFIX : WRITES_SUFFIX);
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

bool engine_is_exclusive(const struct engine *engine)
{
	return mp_geom_notes_has(&engine->config, "exclusive yes");
}

void engine_hold(struct engine *engine, dev_t devt, bool hold)
{
	int fd, value = hold;

	if (hold && !engine_is_exclusive(engine))
		return;
	fd = provider_open(devt, NULL, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return;
	if (ioctl(fd, BLKROSET, &value) < 0)
		engine_error(engine, -errno, "%u:%u: cannot be kept from others: %s", major(devt), minor(devt),
			     strerror(errno));
	close(fd);
}

bool engine_is_bio(dev_t devt)
{
	static const struct {
		const char *file;
		bool is_bio;
	} signs[] = { { "partition", true }, { "dm", true }, { "mq", false } };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		char file[64];

		snprintf(file, sizeof(file), "/sys/dev/block/%u:%u/%s", major(devt), minor(devt), signs[i].file);
		if (access(file, F_OK) == 0)
			return signs[i].is_bio;
	}
	return true;
}

/* dm-mpath takes them in its mode for bios; a disk with a request queue it takes in that mode, too. */
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

int engine_create(struct engine *engine, struct mp_geom *geom)
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
				    r == -EEXIST ? "its name or UUID is taken" :
				    r == -EINVAL ? "the kernel does not accept its paths, see its log" : strerror(-r));
	if (geom->bio)
		note_bio(engine, geom);
	for (size_t i = 0; i < geom->count; i++)
		engine_hold(engine, geom->paths[i].devt, true);
	return 0;
}

/* A table that was loaded anew has no failed path. */
static void mark_good(struct mp_geom *geom)
{
	for (size_t i = 0; i < geom->count; i++)
		geom->paths[i].failed = false;
}

/*
 * A table makes all its paths active: one that has failed must prove first what it leads to. Those of a map with a label are left out
 * then, and join again when they show it; of others nobody would bring them back, so the administrator is asked.
 * Return: 0, negative errno (said).
 */
static int leave_out(struct engine *engine, struct mp_geom *geom)
{
	for (size_t i = geom->count; i-- > 0;) {
		enum mp_verdict verdict = geom->paths[i].failed ? lun_prove(engine, geom, i) : MP_VERDICT_HOLDS;
		int r;

		if (verdict == MP_VERDICT_HOLDS)
			continue;
		r = lun_refuse(engine, geom, i, verdict);
		if (!mp_geom_uuid(geom))
			return engine_error(engine, r, "%s: not changed: `gmultipath restore` or remove %s first", geom->name,
					    geom->paths[i].name);
		if (geom->count == 1)
			return engine_error(engine, r, "%s: not changed: it has no path that leads to its LUN", geom->name);
		engine_error(engine, 0, "warning: %s: %s is no path any more, until it shows the label again", geom->name,
			     geom->paths[i].name);
		mp_geom_remove(geom, i);
	}
	return 0;
}

/* The tables as they were, as far as the kernel takes them, and paths that can be trusted. */
static void load_back(struct engine *engine, const struct mp_geom *former)
{
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];
	struct mp_geom copy = *former, before;
	const struct mp_geom *geom = &copy;

	for (size_t i = copy.count; i-- > 0;)
		if (copy.paths[i].failed && lun_prove(engine, &copy, i) != MP_VERDICT_HOLDS)
			mp_geom_remove(&copy, i);
	if (!copy.count)
		return;
	before = copy;
	lower_wwids(geom, reads, writes, sizeof(reads));
	load_one(false, geom, false, writes);
	if (geom->mode == MP_GEOM_ACTIVE_READ)
		load_one(false, geom, true, reads);
	mark_good(&before);
	engine_apply_states(engine, &before, geom);
}

int engine_reload(struct engine *engine, const struct mp_geom *old, const struct mp_geom *wanted)
{
	const struct mp_dm_flags unchanged = { .reload = true, .read_only = wanted->read_only };
	struct mp_geom proven = *wanted, before;
	const struct mp_geom *geom = &proven;
	bool was_split = old->mode == MP_GEOM_ACTIVE_READ, split = geom->mode == MP_GEOM_ACTIVE_READ;
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];
	bool loaded;
	int r = leave_out(engine, &proven);

	if (r < 0)
		return r;
	before = proven;
	lower_wwids(geom, reads, writes, sizeof(reads));
	/* The record of the paths first. What is to stand on a map comes after it, and goes before it. */
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
		if (mp_geom_find(geom, old->paths[i].devt) == geom->count && engine_is_exclusive(engine))
			engine_hold(engine, old->paths[i].devt, false);
	return engine_apply_states(engine, &before, geom);
}

int engine_remove(struct engine *engine, const struct mp_geom *geom)
{
	static const struct mp_dm_removal removal = { .only_unused = true };
	int r;

	r = mp_dm_remove(geom->wwid, &removal);
	if (r >= 0)
		engine_note(engine, false, false, FOREIGN "%s", geom->wwid);
	if (r < 0)
		return engine_error(engine, r, "%s: not removed: %s", geom->name,
				    r == -EBUSY ? "it is in use (lsblk /dev/mapper/NAME shows by whom)" : strerror(-r));
	for (size_t i = 0; i < geom->count && engine_is_exclusive(engine); i++)
		engine_hold(engine, geom->paths[i].devt, false);
	return engine_note(engine, false, false, "failed %s", geom->wwid);
}

int engine_remake(struct engine *engine, const struct mp_geom *old, struct mp_geom *geom)
{
	struct mp_geom before, former = *old;
	int r;

	note_bio(engine, geom);
	if (mp_dm_open_count(old->wwid) > 0)
		return engine_error(engine, -EBUSY, "%s: it is in use, and was made without bio-based devices (dm, MD, partitions): "
				    "unmount it, then %s", old->name,
				    mp_geom_uuid(old) ? "repeat this" : "stop it and create it with all paths");
	r = leave_out(engine, geom);
	if (r == 0)
		r = engine_remove(engine, old);
	if (r < 0)
		return r;
	before = *geom;
	r = engine_create(engine, geom);
	if (r < 0) {
		if (engine_create(engine, &former) == 0) {
			before = former;
			mark_good(&before);
			engine_apply_states(engine, &before, old);
		}
		return r;
	}
	mark_good(&before);
	return engine_apply_states(engine, &before, geom);
}

int engine_stop(struct engine *engine, const struct mp_geom *geom)
{
	const char *uuid = mp_geom_uuid(geom);
	int r = uuid ? engine_note(engine, false, true, "stopped %s", uuid) : 0;

	if (r == 0)
		r = engine_remove(engine, geom);
	if (r == 0)
		engine_note(engine, false, false, MP_GEOM_NOTE_LUN "%s", geom->wwid);
	if (r < 0 && uuid)
		engine_note(engine, false, false, "stopped %s", uuid);
	return r;
}

int engine_remove_any(const char *wwid, const struct mp_dm_removal *removal)
{
	const struct mp_geom *geom = NULL;
	struct engine engine;
	int r;

	if (!mp_geom_is_wwid(wwid))
		return mp_dm_remove(wwid, removal);
	if (engine_open(&engine, false) >= 0)
		geom = engine_find_wwid(&engine, wwid);
	r = geom ? engine_stop(&engine, geom) : mp_dm_remove(wwid, removal);
	engine_close(&engine);
	return r;
}

static void sweep_devices(struct engine *engine)
{
	static const struct mp_dm_removal removal = { .only_unused = true };

	for (size_t i = 0; i < engine->listed_count; i++) {
		const char *uuid = engine->listed[i].uuid, *wwid = mp_dm_wwid(uuid), *owner = mp_dm_lower_wwid(uuid);
		struct mp_kernel_map kernel = { 0 };

		/* A map that has no table yet, and never will. */
		if (wwid && mp_geom_is_wwid(wwid) && mp_dm_read(wwid, &kernel) == 0 && kernel.foreign_table)
			mp_dm_remove(wwid, &removal);
		mp_kernel_map_fini(&kernel);
		/* One that nothing stands on. */
		if (owner && (mp_dm_read(owner, &kernel) < 0 || (!strncmp(uuid, MP_GEOM_READS, strlen(MP_GEOM_READS)) &&
								!kernel.split)))
			mp_dm_remove(uuid, &removal);
		mp_kernel_map_fini(&kernel);
		if (wwid && mp_geom_is_wwid(wwid))
			mp_dm_clear(wwid);
		if (owner)
			mp_dm_clear(uuid);
	}
}

static void sweep_map(struct engine *engine, struct mp_geom *geom)
{
	char reads[MP_WWID_SIZE + 16], writes[MP_WWID_SIZE + 16];

	/* Nobody is there to react when the last path fails. */
	if (geom->queues && !engine->watched && send(engine, geom, "fail_if_no_path") == 0)
		geom->queues = false;
	lower_wwids(geom, reads, writes, sizeof(reads));
	/* Failed paths would be active: it waits until they are known. */
	for (size_t i = 0; geom->halves_differ && i < geom->count; i++)
		if (geom->paths[i].failed && lun_prove(engine, geom, i) != MP_VERDICT_HOLDS)
			return;
	if (geom->halves_differ && load_one(false, geom, true, reads) == 0) {
		struct mp_geom before = *geom;

		mark_good(&before);
		engine_apply_states(engine, &before, geom);
	}
}

int engine_sweep(struct engine *engine)
{
	sweep_devices(engine);
	for (size_t i = 0; i < engine->count; i++)
		sweep_map(engine, &engine->geoms[i]);
	return engine_look(engine);
}

/* ---- providers and their labels */

int provider_open(dev_t devt, const char *name, int flags)
{
	char own_name[256], node[300];

	if (!name && device_name(devt, own_name, sizeof(own_name)) < 0)
		return -ENODEV;
	mp_probe_node(name ? name : own_name, node, sizeof(node));
	return mp_probe_open(node, devt, flags);
}

bool engine_is_silent(const struct engine *engine, dev_t devt)
{
	for (size_t i = 0; i < engine->silent_count; i++)
		if (engine->silent[i] == devt)
			return true;
	return false;
}

int engine_provider(struct engine *engine, const char *text, struct provider *ret)
{
	struct provider provider = { 0 };
	_cleanup_close_ int fd = -1;
	char node[PATH_MAX];
	struct stat st;
	int r;

	if ((size_t)snprintf(node, sizeof(node), "%s%s", text[0] == '/' ? "" : "/dev/", text) >= sizeof(node) ||
	    stat(node, &st) < 0)
		return engine_error(engine, -ENODEV, "%s: no such device; expected a disk's name, as in lsblk", text);
	if (!S_ISBLK(st.st_mode))
		return engine_error(engine, -ENOTBLK, "%s: expected a block device", text);
	provider.devt = st.st_rdev;
	r = device_name(provider.devt, provider.name, sizeof(provider.name));
	if (r < 0)
		return engine_error(engine, r, "%s: the kernel has no such device", text);
	if (engine_is_silent(engine, provider.devt))
		return engine_error(engine, -ETIMEDOUT, "%s: it does not answer", text);
	fd = provider_open(provider.devt, provider.name, O_RDONLY);
	r = fd < 0 ? fd : mp_label_ask_size(fd, &provider.disk);
	if (r == -EOPNOTSUPP)
		return engine_error(engine, r, "%s: expected a disk of two sectors at least, of %d to %d bytes", text,
				    MP_LABEL_SECTOR_MIN, MP_LABEL_SECTOR_MAX);
	if (r < 0)
		return engine_error(engine, r, "%s: %s", text, strerror(-r));
	*ret = provider;
	return 0;
}

/* The holders' names as sysfs has them: "dm-3 (mpatha)". */
static void add_holders(const struct provider *provider, struct mp_strbuf *text)
{
	char dir_name[300];
	struct dirent *entry;
	DIR *dir;

	snprintf(dir_name, sizeof(dir_name), "/sys/dev/block/%u:%u/holders", major(provider->devt),
		 minor(provider->devt));
	dir = opendir(dir_name);
	while (dir && (entry = readdir(dir))) {
		char attribute[300], name[128];

		if (entry->d_name[0] == '.')
			continue;
		mp_strbuf_printf(text, " by %s", entry->d_name);
		snprintf(attribute, sizeof(attribute), "%.200s/dm/name", entry->d_name);
		if (mp_sysfs_read(dir_name, "", attribute, name, sizeof(name)) > 0)
			mp_strbuf_printf(text, " (%s)", name);
	}
	if (dir)
		closedir(dir);
}

int engine_check_unused(struct engine *engine, const struct provider *provider)
{
	_cleanup_strbuf_ struct mp_strbuf holders = MP_STRBUF_INIT;
	const struct mp_geom *geom = engine_find_member(engine, provider->devt);
	int fd;

	if (geom)
		return engine_error(engine, -EBUSY, "%s: it is a path of %s already", provider->name, geom->name);
	fd = provider_open(provider->devt, provider->name, O_RDONLY | O_EXCL);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (fd != -EBUSY)
		return engine_error(engine, fd, "%s: %s", provider->name, strerror(-fd));
	add_holders(provider, &holders);
	return engine_error(engine, -EBUSY, "%s: it is in use%s; expected a disk that nobody else has (mounted, swap, LVM, "
			    "MD, or another map)", provider->name, mp_strbuf_text(&holders));
}

/* The device, and what it is stacked on. */
static bool reaches(const char *dir, const char *wwid, unsigned depth)
{
	char file[PATH_MAX], uuid[MP_WWID_SIZE + 16];
	struct dirent *entry;
	bool found = false;
	DIR *slaves;

	if (mp_sysfs_read(dir, "", "dm/uuid", uuid, sizeof(uuid)) > 0 && strstr(uuid, wwid))
		return true;
	/* Deeper stacks are none of the kernel's. */
	if (!depth || (size_t)snprintf(file, sizeof(file), "%s/slaves", dir) >= sizeof(file))
		return false;
	slaves = opendir(file);
	while (!found && slaves && (entry = readdir(slaves)))
		if (entry->d_name[0] != '.' &&
		    (size_t)snprintf(file, sizeof(file), "/sys/class/block/%s", entry->d_name) < sizeof(file))
			found = reaches(file, wwid, depth - 1);
	if (slaves)
		closedir(slaves);
	return found;
}

bool engine_stands_on(dev_t devt, const struct mp_geom *geom)
{
	enum { DEPTH_MAX = 16 };
	char dir[64];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	/* A partition is as deep as its disk. */
	if (reaches(dir, geom->wwid, DEPTH_MAX))
		return true;
	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u/partition", major(devt), minor(devt));
	if (access(dir, F_OK) < 0)
		return false;
	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u/..", major(devt), minor(devt));
	return reaches(dir, geom->wwid, DEPTH_MAX);
}

int engine_read_label(const struct provider *provider, struct mp_label *ret)
{
	_cleanup_close_ int fd = provider_open(provider->devt, provider->name, O_RDONLY | O_DIRECT);
	struct mp_label_disk disk;

	return fd < 0 ? fd : mp_label_read(fd, &disk, ret);
}
