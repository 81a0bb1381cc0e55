/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/verbs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/cleanup.h"
#include "config/geom_notes.h"
#include "gmultipath/changes.h"
#include "gmultipath/engine.h"
#include "gmultipath/geomlist.h"
#include "gmultipath/lun.h"
#include "gmultipath/sectors.h"
#include "gmultipath/superblock.h"
#include "gmultipath/taste.h"
#include "kernel/dm.h"
#include "kernel/sysfs.h"

enum { ANY_NUMBER = 1000, FLAGS_MAX = 8 };

struct call {
	struct engine *engine;
	const char *verb;
	char flags[FLAGS_MAX];
	const char *const *arguments;
	size_t count;
};

struct verb {
	const char *name, *syntax, *flags;
	size_t least, most;
	int (*run)(struct call *call); /* Return: 0, negative errno (message in the engine's err) */
	unsigned disks; /* enum verbs_disks */
	bool only_reads, only_messages;
};

static bool has_flag(const struct call *call, char flag)
{
	return strchr(call->flags, flag) != NULL;
}

static void __attribute__((format(printf, 2, 3)))
verbose(struct call *call, const char *format, ...)
{
	va_list args;

	if (!has_flag(call, 'v'))
		return;
	va_start(args, format);
	mp_strbuf_vprintf(&call->engine->out, format, args);
	va_end(args);
	mp_strbuf_putc(&call->engine->out, '\n');
}

/* Return: 0, -EINVAL for more than one mode. */
static int wanted_mode(struct call *call, enum mp_geom_mode *ret)
{
	if (has_flag(call, 'A') + has_flag(call, 'R') + has_flag(call, 'P') > 1)
		return engine_error(call->engine, -EINVAL, "expected one of -A, -P and -R");
	*ret = has_flag(call, 'A') ? MP_GEOM_ACTIVE_ACTIVE :
	       has_flag(call, 'R') ? MP_GEOM_ACTIVE_READ :
				     MP_GEOM_ACTIVE_PASSIVE;
	return 0;
}

static int find_geom(struct call *call, struct mp_geom **ret)
{
	*ret = engine_find(call->engine, call->arguments[0]);
	return *ret ? 0 :
		      engine_error(call->engine, -ENODEV,
				   "%s: no such map; `gmultipath status` lists them",
				   call->arguments[0]);
}

/* The map and, as second argument, a path of it. */
static int find_path(struct call *call, struct mp_geom **geom, size_t *path)
{
	const char *name = call->arguments[1];
	char node[PATH_MAX];
	struct stat st;
	int r = find_geom(call, geom);

	if (r < 0)
		return r;
	if (!strncmp(name, "/dev/", 5))
		name += 5;
	for (*path = 0; *path < (*geom)->count; ++*path)
		if (!strcmp((*geom)->paths[*path].name, name))
			return 0;
	/* A link, or a node in a subdirectory. */
	snprintf(node, sizeof(node), "%s%s", *name == '/' ? "" : "/dev/", name);
	*path = stat(node, &st) < 0 || !S_ISBLK(st.st_mode) ? (*geom)->count :
							      mp_geom_find(*geom, st.st_rdev);
	return *path < (*geom)->count ?
		       0 :
		       engine_error(
			       call->engine, -ENODEV,
			       "%s: no path %s in this map; `gmultipath status` lists its paths",
			       (*geom)->name, name);
}

/* ---- create, label */

static int new_uuid(char *text, size_t size)
{
	uint8_t b[16];

	if (getrandom(b, sizeof(b), 0) != sizeof(b))
		return -EIO;
	b[6] = (b[6] & 0x0f) | 0x40; /* RFC 9562, version 4 */
	b[8] = (b[8] & 0x3f) | 0x80;
	snprintf(text, size, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
		 b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12],
		 b[13], b[14], b[15]);
	return 0;
}

static int check_name(struct call *call, const char *name)
{
	if (!mp_label_name_is_valid(name))
		return engine_error(
			call->engine, -EINVAL,
			"%s: expected a name of 1 to %d bytes: printable ASCII without blanks, slashes, backslashes, "
			"or a leading dot",
			name, MP_LABEL_NAME_SIZE - 1);
	if (!engine_name_is_free(call->engine, name))
		return engine_error(call->engine, -EEXIST,
				    "%s: the name is already used by a device-mapper device", name);
	return 0;
}

static int check_provider(struct call *call, const struct provider *provider,
			  const struct provider *first)
{
	int r;

	if (provider != first && provider->devt == first->devt)
		return engine_error(call->engine, -EINVAL, "%s is named twice", provider->name);
	if (provider->disk.sector_bytes != first->disk.sector_bytes ||
	    provider->disk.media_bytes != first->disk.media_bytes)
		return engine_error(
			call->engine, -EINVAL,
			"%s has %llu bytes in sectors of %u, %s has %llu in sectors of %u: expected the same",
			provider->name, (unsigned long long)provider->disk.media_bytes,
			provider->disk.sector_bytes, first->name,
			(unsigned long long)first->disk.media_bytes, first->disk.sector_bytes);
	r = engine_check_unused(call->engine, provider);
	return r < 0 ? r : lun_check_unused(call->engine, provider, NULL);
}

/* Return: how many, negative errno */
static int take_providers(struct call *call, const char *const *names, size_t count,
			  struct provider **ret)
{
	_cleanup_free_ struct provider *providers = calloc(count + 1, sizeof(*providers));
	int r;

	if (!providers)
		return -ENOMEM;
	if (count > MP_GEOM_PATHS)
		return engine_error(call->engine, -E2BIG, "expected at most %d devices",
				    MP_GEOM_PATHS);
	for (size_t i = 0; i < count; i++) {
		r = engine_provider(call->engine, names[i], &providers[i]);
		if (r == 0)
			r = check_provider(call, &providers[i], &providers[0]);
		for (size_t k = 1; r == 0 && k < i; k++)
			if (providers[k].devt == providers[i].devt)
				r = engine_error(call->engine, -EINVAL, "%s is named twice",
						 providers[i].name);
		if (r < 0)
			return r;
	}
	*ret = TAKE_PTR(providers);
	return count;
}

static void add_path(struct mp_geom *geom, const struct provider *provider)
{
	struct mp_geom_path *path = &geom->paths[geom->count++];

	path->devt = provider->devt;
	memcpy(path->name, provider->name, sizeof(path->name));
}

static int create_map(struct call *call, struct mp_geom *geom)
{
	int r = changes_create(call->engine, geom);

	if (r == 0)
		verbose(call, "%s: created, %s, %zu path%s", geom->name,
			mp_geom_mode_name(geom->mode), geom->count, geom->count == 1 ? "" : "s");
	return r;
}

/*
 * That they lead to one LUN is the administrator's word. Record the WWID of each, which must not
 * change.
 */
static int note_luns(struct call *call, const struct mp_geom *geom)
{
	char wwid[MP_WWID_SIZE];
	int r = 0;

	for (size_t i = 0; r == 0 && i < geom->count; i++) {
		r = lun_check(geom->paths[i].devt, wwid);
		if (r < 0)
			return engine_error(call->engine, r, "%s: %s", geom->paths[i].name,
					    lun_strerror(r));
		r = lun_note(call->engine, geom->wwid, geom->paths[i].devt, wwid);
	}
	return r;
}

static int verb_create(struct call *call)
{
	_cleanup_free_ struct provider *providers = NULL;
	struct mp_geom geom = { 0 };
	char uuid[MP_LABEL_UUID_SIZE];
	int r, count;

	r = wanted_mode(call, &geom.mode);
	if (r == 0)
		r = check_name(call, call->arguments[0]);
	if (r < 0)
		return r;
	count = take_providers(call, call->arguments + 1, call->count - 1, &providers);
	r = count < 0 ? count : new_uuid(uuid, sizeof(uuid));
	if (r < 0)
		return r;
	snprintf(geom.name, sizeof(geom.name), "%s", call->arguments[0]);
	snprintf(geom.wwid, sizeof(geom.wwid), MP_GEOM_WWID_MANUAL "%s", uuid);
	geom.size_sectors = providers[0].disk.media_bytes / 512;
	for (int i = 0; i < count; i++)
		add_path(&geom, &providers[i]);
	r = note_luns(call, &geom);
	if (r == 0)
		r = create_map(call, &geom);
	if (r < 0)
		engine_note(call->engine, false, false, MP_GEOM_NOTE_LUN "%s", geom.wwid);
	return r;
}

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
	what = has_flag(call, 'f') ? NULL : owner_of_sector(provider, sector, text, sizeof(text));
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

/* The record of a label, to restore it if a later step fails. */
struct known {
	char uuid[MP_LABEL_UUID_SIZE]; /* "": none was */
	char name[MP_GEOM_NAME_SIZE], wwid[MP_WWID_SIZE];
};

static void get_known(const struct engine *engine, const char *uuid, struct known *ret)
{
	char words[MP_LABEL_UUID_SIZE + 16];

	*ret = (struct known){ .uuid = "" };
	snprintf(words, sizeof(words), "known %s", uuid);
	if (!*uuid || mp_geom_notes_wwid(&engine->config, uuid, ret->wwid, sizeof(ret->wwid)) < 0)
		return;
	snprintf(ret->uuid, sizeof(ret->uuid), "%s", uuid);
	mp_geom_notes_next(&engine->config, words, ret->name, sizeof(ret->name));
}

/* The label recorded for a disk. */
static void get_known_of_disk(const struct engine *engine, const char *wwid, struct known *ret)
{
	char uuid[MP_LABEL_UUID_SIZE];

	get_known(engine,
		  mp_geom_notes_uuid(&engine->config, wwid, uuid, sizeof(uuid)) == 0 ? uuid : "",
		  ret);
}

/* True if both WWIDs are known and differ: the disk is a clone or a snapshot. */
static bool is_copy(const struct known *known, const struct provider *provider)
{
	char wwid[MP_WWID_SIZE];

	taste_wwid(provider->devt, wwid, sizeof(wwid));
	return *known->wwid && *wwid && strcmp(known->wwid, wwid) != 0;
}

/* A removed path still shows the label of its map, which continues to use that disk. */
static int check_label_unused(const struct call *call, const struct provider *provider,
			      const char *uuid)
{
	char wwid[MP_WWID_SIZE];
	const struct mp_geom *geom;
	struct known known;

	get_known(call->engine, uuid, &known);
	snprintf(wwid, sizeof(wwid), MP_GEOM_WWID_AUTOMATIC "%s", uuid);
	geom = *uuid ? engine_find_wwid(call->engine, wwid) : NULL;
	if (!geom || is_copy(&known, provider))
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

static void know_again(struct engine *engine, const struct known *known)
{
	if (*known->uuid)
		engine_know(engine, known->uuid, known->name, known->wwid);
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
		enum mp_verdict verdict = lun_judge(providers[i].devt, wwid);

		if (!shows_label(&providers[i], label))
			refused = engine_error(
				call->engine, -EXDEV,
				"%s does not show the label of %s: it is another disk, not "
				"added to %s",
				providers[i].name, providers[0].name, label->name);
		else if (verdict == MP_VERDICT_MISSING)
			refused = engine_error(
				call->engine, -EIO,
				"%s does not answer INQUIRY: it cannot be verified as a path to the same disk "
				"as %s, not added to %s",
				providers[i].name, providers[0].name, label->name);
		else if (verdict == MP_VERDICT_WRONG)
			refused = engine_error(
				call->engine, -EXDEV,
				"%s has another WWID than %s: it is a copy of that disk, not "
				"added to %s",
				providers[i].name, providers[0].name, label->name);
		else
			add_path(geom, &providers[i]);
	}
	return refused;
}

static int verb_label(struct call *call)
{
	_cleanup_free_ struct provider *providers = NULL;
	_cleanup_free_ uint8_t *sector = NULL;
	struct mp_label label = { 0 };
	struct mp_geom geom = { 0 };
	char wwid[MP_WWID_SIZE];
	struct known former;
	int r, count, refused;

	r = wanted_mode(call, &geom.mode);
	if (r == 0)
		r = check_name(call, call->arguments[0]);
	if (r < 0)
		return r;
	count = take_providers(call, call->arguments + 1, call->count - 1, &providers);
	r = count < 0 ? count : check_contents(call, &providers[0], &sector);
	if (r == 0)
		r = check_former_label(call, &providers[0], sector);
	if (r == 0)
		r = new_uuid(label.uuid, sizeof(label.uuid));
	if (r < 0)
		return r;
	snprintf(label.name, sizeof(label.name), "%s", call->arguments[0]);
	label.media_bytes = providers[0].disk.media_bytes;
	label.sector_bytes = providers[0].disk.sector_bytes;
	label.mode = geom.mode;
	taste_wwid(providers[0].devt, wwid, sizeof(wwid));
	get_known_of_disk(call->engine, wwid, &former);
	r = write_new_label(call, &providers[0], &label, wwid, sector);
	if (r < 0) {
		know_again(call->engine, &former);
		return r;
	}

	snprintf(geom.name, sizeof(geom.name), "%s", label.name);
	snprintf(geom.wwid, sizeof(geom.wwid), MP_GEOM_WWID_AUTOMATIC "%s", label.uuid);
	geom.size_sectors = (label.media_bytes - label.sector_bytes) / 512;
	add_path(&geom, &providers[0]);
	refused = take_others(call, providers, count, &label, wwid, &geom);
	r = create_map(call, &geom);
	if (r < 0) {
		take_back_label(call, &providers[0], &label, sector);
		know_again(call->engine, &former);
	} else if (refused < 0) {
		engine_error(call->engine, refused,
			     "%s: label written, map created with %zu of %d paths", geom.name,
			     geom.count, count);
	}
	return r < 0 ? r : refused;
}

/* ---- configure */

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

	get_known(engine, automatic ? mp_geom_uuid(geom) : "", &known);
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

static int verb_configure(struct call *call)
{
	enum mp_geom_mode mode;
	struct mp_geom *geom;
	int r;

	if (!has_flag(call, 'A') && !has_flag(call, 'P') && !has_flag(call, 'R'))
		return engine_error(call->engine, -EINVAL, "expected -A, -P or -R");
	r = find_geom(call, &geom);
	if (r == 0)
		r = wanted_mode(call, &mode);
	if (r == 0)
		r = change_mode(call, geom, mode);
	if (r == 0)
		verbose(call, "%s: %s", call->arguments[0], mp_geom_mode_name(mode));
	return r;
}

/*
 * Is the device a path to the disk of an automatic map? -f skips the check of the label, never that
 * of the WWID.
 */
static int check_joining(struct call *call, const struct mp_geom *geom,
			 const struct provider *provider)
{
	struct mp_label label;
	int r = engine_read_label(provider, &label);

	if (!has_flag(call, 'f') && (r < 0 || strcmp(label.uuid, mp_geom_uuid(geom))))
		return engine_error(
			call->engine, -EXDEV,
			"%s: it does not show the label of %s: it is another disk (if you are sure that it is "
			"the same one, -f adds it)",
			provider->name, geom->name);
	if (!taste_is_disk_of(call->engine, geom, provider->devt))
		return engine_error(call->engine, -EXDEV,
				    "%s: its WWID is not that of %s: it is another disk, or a copy",
				    provider->name, geom->name);
	return 0;
}

static int verb_add(struct call *call)
{
	struct engine *engine = call->engine;
	struct provider provider;
	struct mp_geom *geom;
	char wwid[MP_WWID_SIZE];
	uint64_t sectors;
	int r = find_geom(call, &geom);

	if (r == 0)
		r = engine_provider(engine, call->arguments[1], &provider);
	if (r == 0)
		r = engine_check_unused(engine, &provider);
	if (r == 0)
		r = lun_check_unused(engine, &provider, geom);
	if (r < 0)
		return r;
	sectors = provider.disk.media_bytes / 512 -
		  (mp_geom_uuid(geom) ? provider.disk.sector_bytes / 512 : 0);
	if (sectors != geom->size_sectors)
		return engine_error(engine, -EINVAL,
				    "%s: it has %llu sectors of 512 bytes, expected %llu",
				    provider.name, (unsigned long long)sectors,
				    (unsigned long long)geom->size_sectors);
	r = lun_check(provider.devt, wwid);
	if (r < 0)
		return engine_error(engine, r, "%s: %s", provider.name, lun_strerror(r));
	r = mp_geom_uuid(geom) ? check_joining(call, geom, &provider) :
				 lun_note(engine, geom->wwid, provider.devt, wwid);
	if (r < 0)
		return r;
	r = taste_join(engine, geom, &provider);
	if (r < 0)
		lun_note(engine, geom->wwid, provider.devt, "");
	if (r == 0 && mp_geom_uuid(geom))
		engine_note(engine, false, false, "apart %s %u:%u", mp_geom_uuid(geom),
			    major(provider.devt), minor(provider.devt));
	if (r == 0)
		verbose(call, "%s: %s added", geom->name, provider.name);
	return r;
}

static int verb_remove(struct call *call)
{
	const char *uuid;
	struct mp_geom *geom;
	size_t path;
	int r = find_path(call, &geom, &path);

	if (r < 0)
		return r;
	uuid = mp_geom_uuid(geom);
	if (uuid)
		r = engine_note(call->engine, false, true, "apart %s %u:%u", uuid,
				major(geom->paths[path].devt), minor(geom->paths[path].devt));
	if (r == 0)
		r = taste_leave(call->engine, geom, path);
	if (r < 0 && uuid)
		engine_note(call->engine, false, false, "apart %s %u:%u", uuid,
			    major(geom->paths[path].devt), minor(geom->paths[path].devt));
	if (r == 0)
		verbose(call,
			geom->count == 1 ? "%s: %s removed, with it the map (last path)" :
					   "%s: %s removed",
			geom->name, geom->paths[path].name);
	return r;
}

static int change_states(struct call *call, const struct mp_geom *geom,
			 const struct mp_geom *changed, const char *what, size_t path)
{
	int r = changes_apply_states(call->engine, geom, changed);

	if (r == 0)
		verbose(call, "%s: %s %s", geom->name, geom->paths[path].name, what);
	return r;
}

/* The administrator did not ask for it, and may have had a reason to fail them. */
static void warn_restored(const struct call *call, const struct mp_geom *before,
			  const struct mp_geom *after, size_t failed)
{
	_cleanup_strbuf_ struct mp_strbuf names = MP_STRBUF_INIT;

	for (size_t i = 0; i < before->count; i++)
		if (i != failed && before->paths[i].failed && !after->paths[i].failed)
			mp_strbuf_printf(&names, " %s", before->paths[i].name);
	if (names.length)
		engine_error(call->engine, 0,
			     "warning: %s was the last good path of %s: restored instead:%s",
			     before->paths[failed].name, before->name, mp_strbuf_text(&names));
}

static int verb_fail(struct call *call)
{
	struct mp_geom *geom, before, changed;
	size_t path;
	bool done;
	int r = find_path(call, &geom, &path);

	if (r < 0)
		return r;
	changed = *geom;
	done = mp_geom_fail(&changed, path);
	lun_withhold(call->engine, geom, &changed);
	if (!done || (mp_geom_is_good(geom, path) && !mp_geom_good_count(&changed))) {
		engine_error(call->engine, 0, "warning: %s is the only good path of %s: not failed",
			     geom->paths[path].name, geom->name);
		return 0;
	}
	before = *geom;
	r = change_states(call, geom, &changed, "marked FAIL", path);
	if (r >= 0)
		warn_restored(call, &before, &changed, path);
	return r;
}

static int verb_restore(struct call *call)
{
	struct mp_geom *geom, changed;
	enum mp_verdict verdict;
	size_t path;
	int r = find_path(call, &geom, &path);

	if (r < 0)
		return r;
	if (geom->paths[path].lost)
		return engine_error(call->engine, -ENODEV,
				    "%s: the device is gone or leads to another LUN, it cannot be "
				    "restored",
				    geom->paths[path].name);
	verdict = lun_prove(call->engine, geom, path);
	if (verdict != MP_VERDICT_HOLDS)
		return lun_refuse(call->engine, geom, path, verdict);
	changed = *geom;
	changed.paths[path].failed = changed.paths[path].by_hand = false;
	mp_geom_choose_active(&changed);
	/* In Active/Read it may be failed for reads only. */
	geom->paths[path].failed = true;
	return change_states(call, geom, &changed, "restored", path);
}

static int need_active(struct call *call, const struct mp_geom *geom)
{
	if (geom->mode != MP_GEOM_ACTIVE_ACTIVE)
		return 0;
	return engine_error(
		call->engine, -EOPNOTSUPP,
		"%s: all paths are active in Active/Active; expected Active/Passive or Active/Read",
		geom->name);
}

static int verb_rotate(struct call *call)
{
	struct mp_geom *geom, changed;
	int r = find_geom(call, &geom);

	if (r == 0)
		r = need_active(call, geom);
	if (r < 0)
		return r;
	changed = *geom;
	changed.active = geom->active < geom->count ? mp_geom_next(geom, geom->active) :
						      geom->count;
	if (changed.active == geom->count)
		return engine_error(call->engine, -ENODEV, "%s: no good path", geom->name);
	return change_states(call, geom, &changed, "is active", changed.active);
}

static int verb_prefer(struct call *call)
{
	struct mp_geom *geom, changed;
	size_t path;
	int r = find_path(call, &geom, &path);

	if (r == 0)
		r = need_active(call, geom);
	if (r < 0)
		return r;
	if (!mp_geom_is_good(geom, path))
		return engine_error(call->engine, -EINVAL,
				    "%s: it is %s; expected a good path (`gmultipath restore`)",
				    geom->paths[path].name, mp_geom_path_state(geom, path));
	changed = *geom;
	changed.active = path;
	return change_states(call, geom, &changed, "is active", path);
}

static int verb_getactive(struct call *call)
{
	struct mp_strbuf *out = &call->engine->out;
	struct mp_geom *geom;
	int r = find_geom(call, &geom);

	if (r < 0)
		return r;
	for (size_t i = 0; i < geom->count; i++)
		if (!strcmp(mp_geom_path_state(geom, i), "ACTIVE"))
			mp_strbuf_printf(out, "%s%s", out->length ? " " : "", geom->paths[i].name);
	mp_strbuf_puts(out, out->length ? "\n" : "none\n");
	return 0;
}

/* ---- stop, destroy, clear */

static int verb_stop(struct call *call)
{
	struct mp_geom *geom;
	int r = find_geom(call, &geom);

	if (r == 0)
		r = changes_stop(call->engine, geom);
	if (r == 0)
		verbose(call, "%s: stopped", geom->name);
	return r;
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
	get_known(engine, uuid, &known);
	engine_note(engine, true, false, "known %s", uuid);
	r = sectors_write_label(engine, geom, NULL, known.wwid);
	if (r == 0)
		forget_uuid(engine, uuid);
	else
		know_again(engine, &known);
	return r;
}

static int verb_destroy(struct call *call)
{
	struct mp_label label;
	struct mp_geom *geom;
	struct known known;
	int r = find_geom(call, &geom);

	/* If the label cannot be erased, keep the map. */
	if (r == 0 && mp_geom_uuid(geom)) {
		get_known(call->engine, mp_geom_uuid(geom), &known);
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
		verbose(call, "%s: destroyed", geom->name);
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
	verbose(call, "%s: label erased", provider->name);
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
	get_known(call->engine, label.uuid, &known);
	r = check_label_unused(call, &provider, label.uuid);
	if (r == 0)
		r = lun_check_unused(call->engine, &provider, NULL);
	if (r < 0)
		return r;
	/* The record of a copy's label belongs to the original. */
	if (!*label.uuid || is_copy(&known, &provider))
		return erase(call, &provider, sector);
	engine_note(call->engine, true, false, "known %s", label.uuid);
	r = erase(call, &provider, sector);
	if (r == 0)
		forget_uuid(call->engine, label.uuid);
	else
		know_again(call->engine, &known);
	return r;
}

static int verb_clear(struct call *call)
{
	int r, error = 0;

	for (size_t i = 0; i < call->count; i++) {
		r = clear_one(call, call->arguments[i]);
		if (r < 0)
			error = r;
	}
	return error;
}

/* ---- load, unload */

static int verb_load(struct call *call)
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
		verbose(call, "%d path%s joined", r, r == 1 ? "" : "s");
	return r < 0 ? r : 0;
}

static int verb_unload(struct call *call)
{
	int r = engine_note(call->engine, true, false, "load yes");

	return r < 0 ? r : engine_note(call->engine, true, true, "load no");
}

/* ---- list, status */

/* Return: number of maps to show, negative errno */
static int choose_geoms(struct call *call, const struct mp_geom ***ret)
{
	size_t count = call->count ? call->count : call->engine->count;
	_cleanup_free_ const struct mp_geom **geoms = calloc(count + 1, sizeof(*geoms));

	if (!geoms)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		geoms[i] = call->count ? engine_find(call->engine, call->arguments[i]) :
					 &call->engine->geoms[i];
		if (!geoms[i])
			return engine_error(call->engine, -ENODEV, "%s: no such map",
					    call->arguments[i]);
	}
	*ret = TAKE_PTR(geoms);
	return count;
}

/* From sysfs: opening a disk blocks while its host recovers from errors. */
static void ask_disk(dev_t devt, struct geomlist_disk *ret)
{
	static const char *const queues[] = { "queue/logical_block_size",
					      "../queue/logical_block_size" };
	uint64_t sectors, sector_bytes;
	char dir[64];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u", major(devt), minor(devt));
	if (mp_sysfs_read_number(dir, "", "size", &sectors) < 0)
		return;
	ret->media_bytes = sectors * 512;
	for (size_t i = 0; i < ARRAY_SIZE(queues); i++)
		if (mp_sysfs_read_number(dir, "", queues[i], &sector_bytes) == 0) {
			ret->sector_bytes = sector_bytes;
			return;
		}
}

static int verb_list(struct call *call)
{
	_cleanup_free_ const struct mp_geom **geoms = NULL;
	int count = choose_geoms(call, &geoms);

	for (int i = 0; i < count; i++) {
		struct geomlist_disk map = { 0 }, disks[MP_GEOM_PATHS] = { 0 };

		map.media_bytes = geoms[i]->size_sectors * 512;
		map.sector_bytes = 512;
		map.open_count = mp_dm_open_count(geoms[i]->wwid);
		if (map.open_count < 0)
			map.open_count = 0;
		for (size_t p = 0; p < geoms[i]->count; p++) {
			if (geoms[i]->paths[p].lost)
				continue;
			ask_disk(geoms[i]->paths[p].devt, &disks[p]);
			if (disks[p].sector_bytes)
				map.sector_bytes = disks[p].sector_bytes;
		}
		geomlist_list(geoms[i], &map, disks, &call->engine->out);
	}
	return count < 0 ? count : 0;
}

static int verb_status(struct call *call)
{
	_cleanup_free_ const struct mp_geom **geoms = NULL;
	const struct geomlist_options options = { .geoms = has_flag(call, 'g'),
						  .script = has_flag(call, 's') };
	int count = choose_geoms(call, &geoms);

	if (count > 0)
		geomlist_status(geoms, count, &options, &call->engine->out);
	return count < 0 ? count : 0;
}

static const struct verb verbs[] = {
	{ "create", "[-ARv] name prov ...", "ARv", 2, ANY_NUMBER, verb_create, VERBS_NAMED_DISKS,
	  false, false },
	{ "label", "[-ARfv] name prov ...", "ARfv", 2, ANY_NUMBER, verb_label, VERBS_NAMED_DISKS,
	  false, false },
	{ "configure", "[-APRv] name", "APRv", 1, 1, verb_configure, VERBS_DISKS_OF_MAP, false,
	  false },
	{ "add", "[-fv] name prov", "fv", 2, 2, verb_add, VERBS_NAMED_DISKS | VERBS_FAILED_DISKS,
	  false, false },
	{ "remove", "[-v] name prov", "v", 2, 2, verb_remove, VERBS_FAILED_DISKS, false, false },
	{ "fail", "[-v] name prov", "v", 2, 2, verb_fail, VERBS_FAILED_DISKS, false, true },
	{ "restore", "[-v] name prov", "v", 2, 2, verb_restore, VERBS_NAMED_DISKS, false, true },
	{ "rotate", "[-v] name", "v", 1, 1, verb_rotate, VERBS_NO_DISK, false, true },
	{ "prefer", "[-v] name prov", "v", 2, 2, verb_prefer, VERBS_NO_DISK, false, true },
	{ "getactive", "[-v] name", "v", 1, 1, verb_getactive, VERBS_NO_DISK, true, false },
	{ "destroy", "[-v] name", "v", 1, 1, verb_destroy, VERBS_DISKS_OF_MAP, false, false },
	{ "stop", "[-v] name", "v", 1, 1, verb_stop, VERBS_NO_DISK, false, false },
	{ "clear", "[-v] prov ...", "v", 1, ANY_NUMBER, verb_clear, VERBS_NAMED_DISKS, false,
	  false },
	{ "list", "[name ...]", "ag", 0, ANY_NUMBER, verb_list, VERBS_NO_DISK, true, false },
	{ "status", "[-ags] [name ...]", "ags", 0, ANY_NUMBER, verb_status, VERBS_NO_DISK, true,
	  false },
	{ "load", "[-v]", "v", 0, 0, verb_load, VERBS_EVERY_DISK, false, false },
	{ "unload", "[-v]", "v", 0, 0, verb_unload, VERBS_NO_DISK, false, false },
};

void verbs_usage(struct mp_strbuf *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		mp_strbuf_printf(text, "%s gmultipath %s %s\n",
				 i ? "      " : "usage:", verbs[i].name, verbs[i].syntax);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

bool verbs_is_urgent(const char *name)
{
	const struct verb *verb = find_verb(name);

	return verb && verb->only_messages;
}

bool verbs_changes(const char *name)
{
	const struct verb *verb = find_verb(name);

	return !verb || !verb->only_reads;
}

void verbs_reply(int status, const struct mp_strbuf *out, const struct mp_strbuf *err,
		 struct mp_strbuf *reply)
{
	mp_strbuf_printf(reply, "exit %d %zu\n", status, out->length);
	mp_strbuf_puts(reply, mp_strbuf_text(out));
	mp_strbuf_puts(reply, mp_strbuf_text(err));
}

const char *verbs_reply_parse(const char *reply, int *status, size_t *out_length)
{
	int end = 0;

	if (sscanf(reply, "exit %d %zu%n", status, out_length, &end) < 2 || !end ||
	    reply[end] != '\n' || *out_length > strlen(reply + end + 1))
		return NULL;
	return reply + end + 1;
}

/* Return: true if the command line matches the verb's syntax */
static bool take_arguments(const struct verb *verb, const char *const *words, size_t count,
			   struct call *call)
{
	size_t i = 1, used = 0;

	for (; i < count && words[i][0] == '-' && words[i][1]; i++) {
		if (!strcmp(words[i], "--")) {
			i++;
			break;
		}
		for (const char *flag = words[i] + 1; *flag; flag++) {
			if (!strchr(verb->flags, *flag))
				return false;
			if (!strchr(call->flags, *flag) && used < FLAGS_MAX - 1)
				call->flags[used++] = *flag;
		}
	}
	call->arguments = words + i;
	call->count = count - i;
	return call->count >= verb->least && call->count <= verb->most;
}

unsigned verbs_disks(const char *const *words, size_t count, size_t *map, size_t *first)
{
	const struct verb *verb = count ? find_verb(words[0]) : NULL;
	struct call call = { .engine = NULL };

	if (!verb || !take_arguments(verb, words, count, &call))
		return VERBS_NO_DISK;
	*map = call.arguments - words;
	*first = *map + (verb->least > 1);
	return verb->disks;
}

/* Return: the verb, NULL if the command line is invalid (message in @err). */
static const struct verb *parse(const char *const *words, size_t count, struct call *call,
				struct mp_strbuf *err)
{
	const struct verb *verb = count ? find_verb(words[0]) : NULL;

	if (!verb) {
		if (count)
			mp_strbuf_printf(err, "unknown verb %s\n", words[0]);
		verbs_usage(err);
		return NULL;
	}
	call->verb = verb->name;
	if (take_arguments(verb, words, count, call))
		return verb;
	mp_strbuf_printf(err, "usage: gmultipath %s %s\n", verb->name, verb->syntax);
	return NULL;
}

bool verbs_check(const char *const *words, size_t count, struct mp_strbuf *err)
{
	struct call call = { .engine = NULL };

	return parse(words, count, &call, err);
}

int verbs_run(const char *const *words, size_t count, const struct verbs_caller *caller,
	      struct mp_strbuf *out, struct mp_strbuf *err)
{
	struct engine engine = { .lock = -1 };
	struct call call = { .engine = &engine };
	const struct verb *verb = parse(words, count, &call, err);
	int r;

	if (!verb)
		return 1;
	r = verb->only_reads	? engine_open_to_look(&engine) :
	    verb->only_messages ? engine_open_urgently(&engine, caller->watches) :
				  engine_open(&engine, caller->watches);
	engine.silent = caller->silent;
	engine.silent_count = caller->silent_count;
	if (r >= 0 && engine.lock >= 0)
		r = changes_sweep(&engine);
	if (r >= 0 && !verb->only_reads && !verb->only_messages)
		sectors_complete_labels(&engine);
	if (r >= 0)
		r = verb->run(&call);
	if (r == -ENOMEM)
		engine_error(&engine, r, "out of memory");
	mp_strbuf_puts(out, mp_strbuf_text(&engine.out));
	mp_strbuf_puts(err, mp_strbuf_text(&engine.err));
	engine_close(&engine);
	return r < 0 ? 1 : 0;
}
