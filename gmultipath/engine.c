/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/engine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/node.h"
#include "config/geom_notes.h"
#include "config/state_file.h"
#include "kernel/dm.h"
#include "kernel/dm_list.h"
#include "kernel/probe.h"
#include "kernel/sysfs.h"

#define RUN_DIR RUNTIME_DIR "/" MP_GEOM_RUN_DIR

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

/* ---- current state */

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

/* Path states of the map for reads. */
static void take_reads(struct mp_geom *geom, const struct mp_table *table)
{
	geom->halves_differ = mp_table_count(table) != geom->count;
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
	mp_dm_map_fini(&kernel);
	mp_dm_map_fini(&reads);
	if (r < 0)
		return r;
	for (size_t i = 0; i < geom->count; i++) {
		struct mp_geom_path *path = &geom->paths[i];

		path->lost = device_name(path->devt, path->name, sizeof(path->name)) < 0;
		if (path->lost)
			snprintf(path->name, sizeof(path->name), "%u:%u", major(path->devt),
				 minor(path->devt));
		snprintf(text, sizeof(text), "failed %s %u:%u", wwid, major(path->devt),
			 minor(path->devt));
		path->by_hand = path->failed && mp_geom_notes_has(&engine->state, text);
		snprintf(text, sizeof(text), ENGINE_WRONG_LUN "%s %u:%u", wwid, major(path->devt),
			 minor(path->devt));
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
		return engine_error(engine, r, "cannot list the device-mapper devices: %s",
				    strerror(-r));
	engine->geoms = calloc(engine->listed_count + 1, sizeof(*engine->geoms));
	if (!engine->geoms)
		return -ENOMEM;
	for (size_t i = 0; i < engine->listed_count; i++) {
		const char *wwid = mp_dm_wwid(engine->listed[i].uuid);

		if (wwid && mp_geom_is_wwid(wwid) &&
		    look_at(engine, wwid, &engine->geoms[engine->count]) == 0)
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
		return engine_error(engine, r, STATE_DIR "/" MP_GEOM_NOTES_FILE ": %s",
				    strerror(-r));
	return engine_look(engine);
}

int engine_open(struct engine *engine, bool watched)
{
	*engine = (struct engine){ .watched = watched };
	engine->lock = mp_state_file_open(RUN_DIR, "lock");
	if (engine->lock == -ETIMEDOUT)
		return engine_error(
			engine, engine->lock,
			"another gmultipath command is still running (unresponsive device?)");
	if (engine->lock < 0)
		return engine_error(engine, engine->lock, RUN_DIR "/lock: %s",
				    strerror(-engine->lock));
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
	static const char *const prefixes[] = { MP_NODE_MAPPER, "/dev/multipath/", "multipath/" };

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
		    (!taken[strlen(name)] || !strcmp(taken + strlen(name), ENGINE_READS_SUFFIX) ||
		     !strcmp(taken + strlen(name), ENGINE_WRITES_SUFFIX)))
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

/*
 * Read the current notes with their file locked: commands that do not wait for the engine's lock
 * write notes, too. Return: descriptor, negative errno (message in err).
 */
static int open_notes(struct engine *engine, bool lasting)
{
	struct mp_strbuf *notes = lasting ? &engine->config : &engine->state;
	_cleanup_close_ int fd = mp_state_file_open(notes_dir(lasting), notes_file(lasting));
	int r = fd;

	mp_strbuf_clear(notes);
	if (r >= 0)
		r = mp_state_file_read(fd, notes);
	mp_geom_notes_clean(notes);
	return r < 0 ? engine_error(engine, r, "%s/%s: %s", notes_dir(lasting), notes_file(lasting),
				    strerror(-r)) :
		       TAKE_FD(fd);
}

static int save_notes(struct engine *engine, bool lasting)
{
	const struct mp_strbuf *notes = lasting ? &engine->config : &engine->state;
	int r = notes->error ? notes->error :
			       mp_state_file_replace(notes_dir(lasting), notes_file(lasting),
						     mp_strbuf_text(notes), notes->length);

	return r < 0 ? engine_error(engine, r, "%s/%s: cannot write: %s", notes_dir(lasting),
				    notes_file(lasting), strerror(-r)) :
		       0;
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
	if (add ? !mp_geom_notes_add(notes, mp_strbuf_text(&line)) :
		  !mp_geom_notes_remove(notes, mp_strbuf_text(&line)))
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

int engine_note_wrong_lun(struct engine *engine, const struct mp_geom *geom,
			  const struct member *members, size_t count)
{
	int changes = 0;

	for (size_t i = 0; i < count; i++) {
		const struct member *member = &members[i];
		_cleanup_strbuf_ struct mp_strbuf words = MP_STRBUF_INIT;
		bool noted;
		int r;

		if (mp_geom_find(geom, member->devt) == geom->count)
			continue;
		mp_strbuf_printf(&words, ENGINE_WRONG_LUN "%s %u:%u", geom->wwid,
				 major(member->devt), minor(member->devt));
		noted = mp_geom_notes_has(&engine->state, mp_strbuf_text(&words));
		if (member->wrong_lun == noted)
			continue;
		if (*member->wwid)
			mp_strbuf_putc(&words, ' ');
		mp_geom_notes_put_word(&words, member->wwid);
		r = engine_note(engine, false, member->wrong_lun, "%s", mp_strbuf_text(&words));
		if (r < 0)
			return r;
		changes = 1;
	}
	return changes;
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
	fd = engine_provider_open(devt, NULL, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return;
	if (ioctl(fd, BLKROSET, &value) < 0)
		engine_error(engine, -errno, "%u:%u: cannot set it read-only (exclusive yes): %s",
			     major(devt), minor(devt), strerror(errno));
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

		snprintf(file, sizeof(file), "/sys/dev/block/%u:%u/%s", major(devt), minor(devt),
			 signs[i].file);
		if (access(file, F_OK) == 0)
			return signs[i].is_bio;
	}
	return true;
}

/* ---- providers and their labels */

int engine_provider_open(dev_t devt, const char *name, int flags)
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

	if ((size_t)snprintf(node, sizeof(node), "%s%s", text[0] == '/' ? "" : "/dev/", text) >=
		    sizeof(node) ||
	    stat(node, &st) < 0)
		return engine_error(engine, -ENODEV,
				    "%s: no such device; expected a disk's name, as in lsblk",
				    text);
	if (!S_ISBLK(st.st_mode))
		return engine_error(engine, -ENOTBLK, "%s: expected a block device", text);
	provider.devt = st.st_rdev;
	r = device_name(provider.devt, provider.name, sizeof(provider.name));
	if (r < 0)
		return engine_error(engine, r, "%s: the kernel has no such device", text);
	if (engine_is_silent(engine, provider.devt))
		return engine_error(engine, -ETIMEDOUT, "%s: it does not answer", text);
	fd = engine_provider_open(provider.devt, provider.name, O_RDONLY);
	r = fd < 0 ? fd : mp_label_ask_size(fd, &provider.disk);
	if (r == -EOPNOTSUPP)
		return engine_error(engine, r,
				    "%s: expected a disk of at least two sectors of %d to %d bytes",
				    text, MP_LABEL_SECTOR_MIN, MP_LABEL_SECTOR_MAX);
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
		return engine_error(engine, -EBUSY, "%s: it is already a path of %s",
				    provider->name, geom->name);
	fd = engine_provider_open(provider->devt, provider->name, O_RDONLY | O_EXCL);
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	if (fd != -EBUSY)
		return engine_error(engine, fd, "%s: %s", provider->name, strerror(-fd));
	add_holders(provider, &holders);
	return engine_error(
		engine, -EBUSY,
		"%s: it is in use%s; expected an unused disk (not mounted, nor used by swap, "
		"LVM, MD or another map)",
		provider->name, mp_strbuf_text(&holders));
}

/* Is @dir, or a device that it is stacked on, the map? */
static bool reaches(const char *dir, const char *wwid, unsigned depth)
{
	char file[PATH_MAX], uuid[MP_WWID_SIZE + 16];
	struct dirent *entry;
	bool found = false;
	DIR *slaves;

	if (mp_sysfs_read(dir, "", "dm/uuid", uuid, sizeof(uuid)) > 0 && strstr(uuid, wwid))
		return true;
	/* The kernel has no deeper stacks. */
	if (!depth || (size_t)snprintf(file, sizeof(file), "%s/slaves", dir) >= sizeof(file))
		return false;
	slaves = opendir(file);
	while (!found && slaves && (entry = readdir(slaves)))
		if (entry->d_name[0] != '.' &&
		    (size_t)snprintf(file, sizeof(file), "/sys/class/block/%s", entry->d_name) <
			    sizeof(file))
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
	/* A partition has the stack of its disk. */
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
	_cleanup_close_ int fd =
		engine_provider_open(provider->devt, provider->name, O_RDONLY | O_DIRECT);
	struct mp_label_disk disk;

	return fd < 0 ? fd : mp_label_read(fd, &disk, ret);
}
