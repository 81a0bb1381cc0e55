/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm.h"

#include <ctype.h>
#include <errno.h>
#include <libdevmapper.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/mangling.h"
#include "base/strbuf.h"
#include "kernel/dm_events.h"
#include "kernel/dm_list.h"
#include "kernel/dm_task.h"
#include "kernel/udev_queue.h"
#include "model/geom.h"
#include "model/geom_facts.h"
#include "model/order.h"

#define UUID_PREFIX "mpath-"
#define TARGET "multipath"
#define UPPER_TARGET "linear"
/* with delays of zero: it sends reads and writes to different devices */
#define SPLIT_TARGET "delay"

enum {
	/* table and status are two ioctls: another table may be loaded in between */
	READ_TRIES = 3,
};

const char *mp_dm_lower_wwid(const char *uuid)
{
	if (!strncmp(uuid, MP_GEOM_READS, strlen(MP_GEOM_READS)))
		return uuid + strlen(MP_GEOM_READS);
	return strncmp(uuid, MP_GEOM_WRITES, strlen(MP_GEOM_WRITES)) ?
		       NULL :
		       uuid + strlen(MP_GEOM_WRITES);
}

/* @uuid: of DM_UUID_LEN bytes */
static int map_uuid(const char *wwid, char *uuid)
{
	const char *prefix = mp_dm_lower_wwid(wwid) ? "" : UUID_PREFIX;

	if (!*wwid)
		return -EINVAL;
	return snprintf(uuid, DM_UUID_LEN, "%s%s", prefix, wwid) < DM_UUID_LEN ? 0 : -ENAMETOOLONG;
}

static int task_new_map(int type, const char *wwid, struct dm_task **ret)
{
	char uuid[DM_UUID_LEN];
	int r = map_uuid(wwid, uuid);

	return r < 0 ? r : mp_dm_task_new_uuid(type, uuid, ret);
}

static uint16_t udev_bits(const struct mp_dm_flags *flags)
{
	uint16_t bits = DM_UDEV_DISABLE_LIBRARY_FALLBACK;

	if (flags && flags->reload)
		bits |= DM_SUBSYSTEM_UDEV_FLAG0;
	if (flags && flags->skip_kpartx)
		bits |= DM_SUBSYSTEM_UDEV_FLAG1;
	if (flags && flags->no_paths)
		bits |= DM_SUBSYSTEM_UDEV_FLAG2;
	if (flags && flags->internal)
		bits |= DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG | DM_UDEV_DISABLE_DISK_RULES_FLAG |
			DM_UDEV_DISABLE_OTHER_RULES_FLAG;
	return bits;
}

static int task_set_flags(struct dm_task *task, const struct mp_dm_flags *flags)
{
	return mp_dm_task_set_cookie(task, udev_bits(flags));
}

const char *mp_dm_wwid(const char *uuid)
{
	const size_t length = strlen(UUID_PREFIX);

	return !strncmp(uuid, UUID_PREFIX, length) && uuid[length] ? uuid + length : NULL;
}

/* ---- read */

void mp_dm_map_fini(struct mp_kernel_map *map)
{
	mp_geom_facts_free(map->geom);
	mp_table_fini(&map->table);
	*map = (struct mp_kernel_map){ 0 };
}

/* Return: 0, -EMEDIUMTYPE if the device has anything but one target of that type. */
static int task_get_target(struct dm_task *task, const char *wanted, uint64_t *size, char **params)
{
	uint64_t start = 0;
	char *type = NULL;
	void *next = dm_get_next_target(task, NULL, &start, size, &type, params);

	return !next && type && start == 0 && !strcmp(type, wanted) ? 0 : -EMEDIUMTYPE;
}

/* WWID of the map with the paths. */
static const char *writes_wwid(const char *wwid, bool stacked, char text[static DM_UUID_LEN])
{
	if (!stacked)
		return wwid;
	snprintf(text, DM_UUID_LEN, MP_GEOM_WRITES "%s", wwid);
	return text;
}

/* A table or status ioctl on a map. Return: 0, -ENODEV, ... */
static int query(int type, const char *wwid, struct dm_task **ret, struct dm_info *info)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new_map(type, wwid, &task);

	if (r < 0)
		return r;
	if (!dm_task_no_flush(task))
		return -EIO;
	r = mp_dm_task_query(task, info);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(task);
	return 0;
}

static void take_info(struct dm_task *task, const struct dm_info *info, struct mp_kernel_map *map)
{
	map->exists = true;
	snprintf(map->name, sizeof(map->name), "%s", dm_task_get_name(task));
	map->minor = info->minor;
	map->devt = makedev(info->major, info->minor);
	map->event_nr = info->event_nr;
	map->suspended = info->suspended;
	map->read_only = info->read_only;
	map->open_count = info->open_count;
	map->removal_deferred = info->deferred_remove;
	map->half_made = !info->live_table;
	map->inactive_table = info->inactive_table;
}

static int get_info_uuid(const char *uuid, struct dm_info *info)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_uuid(DM_DEVICE_INFO, uuid, &task);

	return r < 0 ? r : mp_dm_task_query(task, info);
}

static int get_info(const char *wwid, struct dm_info *info)
{
	char uuid[DM_UUID_LEN];
	int r = map_uuid(wwid, uuid);

	return r < 0 ? r : get_info_uuid(uuid, info);
}

/* Of the maps below one: events of a map are theirs, too. */
static uint32_t lower_events(const char *wwid)
{
	static const char *const prefixes[] = { MP_GEOM_READS, MP_GEOM_WRITES };
	uint32_t events = 0;

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		char uuid[DM_UUID_LEN];
		struct dm_info info;

		snprintf(uuid, sizeof(uuid), "%s%s", prefixes[i], wwid);
		if (get_info_uuid(uuid, &info) == 0)
			events += info.event_nr;
	}
	return events;
}

int mp_dm_read_status(const char *wwid, struct mp_kernel_map *map)
{
	_cleanup_task_ struct dm_task *task = NULL;
	char writes[DM_UUID_LEN];
	struct dm_info info;
	uint64_t size;
	char *params;
	int r;

	r = query(DM_DEVICE_STATUS, writes_wwid(wwid, map->stacked, writes), &task, &info);
	if (r < 0)
		return r;
	if (map->other_target || task_get_target(task, TARGET, &size, &params) < 0 ||
	    size != map->table.size_sectors)
		return -EBADMSG;
	r = mp_table_parse_status(params, &map->table);
	if (r < 0)
		return r;
	if (map->stacked) {
		dm_task_destroy(TAKE_PTR(task));
		r = query(DM_DEVICE_STATUS, wwid, &task, &info);
		if (r < 0)
			return r;
		info.event_nr += lower_events(wwid);
	}
	take_info(task, &info, map);
	return 0;
}

static int read_table(const char *wwid, struct mp_kernel_map *ret)
{
	_cleanup_task_ struct dm_task *task = NULL, *writes_task = NULL;
	char writes[DM_UUID_LEN];
	struct dm_info info;
	uint64_t size;
	char *params;
	int r;

	r = query(DM_DEVICE_TABLE, wwid, &task, &info);
	if (r < 0)
		return r;
	take_info(task, &info, ret);
	if (ret->half_made) {
		ret->other_target = true;
		return 0;
	}
	ret->split = mp_geom_is_wwid(wwid) &&
		     task_get_target(task, SPLIT_TARGET, &size, &params) == 0;
	ret->stacked = ret->split || (mp_geom_is_wwid(wwid) &&
				      task_get_target(task, UPPER_TARGET, &size, &params) == 0);
	if (ret->stacked) {
		r = query(DM_DEVICE_TABLE, writes_wwid(wwid, true, writes), &writes_task, &info);
		if (r < 0)
			return r;
	}
	if (task_get_target(ret->stacked ? writes_task : task, TARGET, &size, &params) < 0) {
		ret->other_target = true;
		return 0;
	}
	r = mp_table_parse(params, &ret->table);
	if (r < 0)
		return r;
	ret->table.size_sectors = size;
	return 0;
}

int mp_dm_read(const char *wwid, struct mp_kernel_map *ret)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map map = { 0 };
	int r = -EBADMSG;

	for (int tries = READ_TRIES; tries && r == -EBADMSG; tries--) {
		mp_dm_map_fini(&map);
		r = read_table(wwid, &map);
		if (r == 0 && !map.other_target)
			r = mp_dm_read_status(wwid, &map);
	}
	if (r < 0)
		return r;
	*ret = map;
	map = (struct mp_kernel_map){ 0 };
	return 0;
}

/* ---- create and change */

static int load(const char *wwid, uint64_t size_sectors, const char *target, const char *params,
		bool read_only)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new_map(DM_DEVICE_RELOAD, wwid, &task);

	if (r < 0)
		return r;
	if ((read_only && !dm_task_set_ro(task)) ||
	    !dm_task_add_target(task, 0, size_sectors, target, params))
		return -ENOMEM;
	return mp_dm_task_run(task);
}

/*
 * A write-protected path makes the kernel refuse a writable table: EROFS, or EACCES from older
 * ones.
 */
static int load_params(const char *wwid, uint64_t size_sectors, const char *target,
		       const char *params, bool read_only)
{
	int r = load(wwid, size_sectors, target, params, read_only);

	if ((r == -EROFS || r == -EACCES) && !read_only)
		r = load(wwid, size_sectors, target, params, true);
	return r;
}

static int load_table(const char *wwid, const struct mp_table *table, bool read_only)
{
	_cleanup_strbuf_ struct mp_strbuf params = MP_STRBUF_INIT;

	mp_table_format(table, &params);
	return params.error ? params.error :
			      load_params(wwid, table->size_sectors, TARGET,
					  mp_strbuf_text(&params), read_only);
}

static int load_upper(const char *wwid, uint64_t size_sectors, bool split, bool read_only)
{
	struct dm_info reads, writes;
	char text[DM_UUID_LEN], params[64];
	int r;

	r = get_info(writes_wwid(wwid, true, text), &writes);
	if (r < 0)
		return r;
	if (!split) {
		snprintf(params, sizeof(params), "%u:%u 0", writes.major, writes.minor);
		return load_params(wwid, size_sectors, UPPER_TARGET, params, read_only);
	}
	snprintf(text, sizeof(text), MP_GEOM_READS "%s", wwid);
	r = get_info(text, &reads);
	if (r < 0)
		return r;
	snprintf(params, sizeof(params), "%u:%u 0 0 %u:%u 0 0", reads.major, reads.minor,
		 writes.major, writes.minor);
	return load_params(wwid, size_sectors, SPLIT_TARGET, params, read_only);
}

static int resume(const char *wwid, const struct mp_dm_flags *flags, bool flush)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new_map(DM_DEVICE_RESUME, wwid, &task);

	if (r < 0)
		return r;
	if (!dm_task_skip_lockfs(task) || (!flush && !dm_task_no_flush(task)))
		return -EIO;
	r = task_set_flags(task, flags);
	return r < 0 ? r : mp_dm_task_run(task);
}

static int remove_uuid(const char *uuid, bool deferred)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_uuid(DM_DEVICE_REMOVE, uuid, &task);

	if (r < 0)
		return r;
	if (deferred && !dm_task_deferred_remove(task))
		return -EIO;
	r = task_set_flags(task, NULL);
	return r < 0 ? r : mp_dm_task_run(task);
}

static int remove_map(const char *wwid, bool deferred)
{
	char uuid[DM_UUID_LEN];
	int r = map_uuid(wwid, uuid);

	return r < 0 ? r : remove_uuid(uuid, deferred);
}

static int create_empty(const char *name, const char *wwid, const struct mp_dm_flags *flags)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new_map(DM_DEVICE_CREATE, wwid, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_name(task, name))
		return -EINVAL;
	/* Without this the library would put the device into its list of nodes to be made. */
	if (!dm_task_set_add_node(task, DM_ADD_NODE_ON_RESUME))
		return -EIO;
	if ((flags->has_mode && !dm_task_set_mode(task, flags->mode)) ||
	    (flags->has_uid && !dm_task_set_uid(task, flags->uid)) ||
	    (flags->has_gid && !dm_task_set_gid(task, flags->gid)))
		return -EIO;
	r = mp_dm_task_run(task);
	return r == -EBUSY ? -EEXIST : r;
}

int mp_dm_set_owner(dev_t devt, const struct mp_dm_flags *flags)
{
	uid_t uid = flags->has_uid ? flags->uid : (uid_t)-1;
	gid_t gid = flags->has_gid ? flags->gid : (gid_t)-1;
	struct stat st;
	char node[32];

	if (!flags->has_mode && !flags->has_uid && !flags->has_gid)
		return 0;
	snprintf(node, sizeof(node), "/dev/dm-%u", minor(devt));
	if (lstat(node, &st) < 0)
		return -errno;
	if (!S_ISBLK(st.st_mode) || st.st_rdev != devt)
		return -ENOENT;
	if (((flags->has_uid && st.st_uid != uid) || (flags->has_gid && st.st_gid != gid)) &&
	    lchown(node, uid, gid) < 0)
		return -errno;
	if (flags->has_mode && (st.st_mode & 07777) != flags->mode && chmod(node, flags->mode) < 0)
		return -errno;
	return 0;
}

/*
 * For workers, which rename at once: libdevmapper would put both names into its process-wide list
 * of nodes.
 */
static int rename_unwaited(const char *name, const char *new_name, uint16_t bits)
{
	_cleanup_close_ int fd = mp_dm_events_open();
	struct {
		struct dm_ioctl header;
		char new_name[4 * DM_NAME_LEN];
	} io = {
		.header = {
			.version = { 4, 0, 0 },
			.data_size = sizeof(io),
			.data_start = offsetof(__typeof__(io), new_name),
			.event_nr = (uint32_t)(bits | DM_UDEV_PRIMARY_SOURCE_FLAG) << DM_UDEV_FLAGS_SHIFT,
		},
	};

	if (fd < 0)
		return fd;
	if (mp_mangling_encode(name, io.header.name, sizeof(io.header.name)) < 0 ||
	    mp_mangling_encode(new_name, io.new_name, sizeof(io.new_name)) < 0)
		return -ENAMETOOLONG;
	return ioctl(fd, DM_DEV_RENAME, &io) < 0 ? -errno : 0;
}

static int rename_device(const char *name, const char *new_name, const struct mp_dm_flags *flags)
{
	uint16_t bits = udev_bits(flags);
	int r = dm_udev_get_sync_support() ? mp_dm_task_rename(name, new_name, bits) :
					     rename_unwaited(name, new_name, bits);

	return r == -EBUSY ? -EEXIST : r;
}

struct device_list {
	struct mp_dm_listed *items;
	size_t count;
};

static void device_list_fini(struct device_list *list)
{
	mp_dm_list_free(list->items, list->count);
}

/* ---- what a kill has left */

/*
 * A device without a table in force: its maker was killed before it took the table that it loaded,
 * if any, or has not come so far. No I/O can have gone through it. Return: 1, 0, negative errno.
 */
static int is_half_made(const char *uuid)
{
	struct dm_info info;
	int r = get_info_uuid(uuid, &info);

	return r < 0 ? r : !info.live_table;
}

/*
 * A half-made multipath map lends its name to nobody's harm: it gets its WWID for one. Return: 0
 * @name is free, -EEXIST.
 */
static int free_name(const struct device_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *wwid = mp_dm_wwid(list->items[i].uuid);

		if (strcmp(list->items[i].name, name))
			continue;
		if (!wwid || !strcmp(wwid, name) || is_half_made(list->items[i].uuid) != 1)
			return -EEXIST;
		return rename_device(name, wwid, NULL);
	}
	return 0;
}

/*
 * The device of that UUID, or the one of that name, is half-made: go on with it as with a new one.
 * Return: 0, -EEXIST, ...
 */
static int take_half_made(const char *name, const char *wwid, const struct mp_dm_flags *flags)
{
	_cleanup_(device_list_fini) struct device_list list = { 0 };
	const char *old_name = NULL;
	char uuid[DM_UUID_LEN];
	int r;

	r = map_uuid(wwid, uuid);
	if (r == 0)
		r = mp_dm_list(&list.items, &list.count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < list.count; i++)
		if (!strcmp(list.items[i].uuid, uuid))
			old_name = list.items[i].name;
	if (old_name && is_half_made(uuid) != 1)
		return -EEXIST;
	if (old_name && !strcmp(old_name, name))
		return 0;
	r = free_name(&list, name);
	if (r < 0)
		return r;
	return old_name ? rename_device(old_name, name, NULL) : create_empty(name, wwid, flags);
}

int mp_dm_remove_half_made(const char *wwid)
{
	char uuid[DM_UUID_LEN];
	int r = map_uuid(wwid, uuid);

	if (r == 0)
		r = is_half_made(uuid);
	if (r == 1)
		r = remove_uuid(uuid, false);
	else if (r >= 0)
		return 0;
	return r < 0 ? r : 1;
}

static int load_first(const char *wwid, const struct mp_table *table, uint64_t upper_sectors,
		      bool split, bool read_only)
{
	return table ? load_table(wwid, table, read_only) :
		       load_upper(wwid, upper_sectors, split, read_only);
}

static int create(const char *name, const char *wwid, const struct mp_table *table,
		  uint64_t upper_sectors, bool split, const struct mp_dm_flags *flags)
{
	int r = create_empty(name, wwid, flags);
	bool taken = r == -EEXIST;

	if (taken)
		r = take_half_made(name, wwid, flags);
	if (r < 0)
		return r;
	r = load_first(wwid, table, upper_sectors, split, flags->read_only);
	if (r == -EINVAL && taken) {
		/*
		 * The first table that is loaded, taken or not, says of which kind the device is
		 * for good.
		 */
		r = remove_map(wwid, false);
		if (r == 0)
			r = create_empty(name, wwid, flags);
		if (r < 0)
			return r;
		r = load_first(wwid, table, upper_sectors, split, flags->read_only);
	}
	if (r >= 0)
		r = resume(wwid, flags, false);
	if (r < 0)
		remove_map(wwid, false);
	return r;
}

int mp_dm_create(const char *name, const char *wwid, const struct mp_table *table,
		 const struct mp_dm_flags *flags)
{
	return create(name, wwid, table, 0, false, flags);
}

int mp_dm_create_upper(const char *name, const char *wwid, uint64_t size_sectors, bool split,
		       const struct mp_dm_flags *flags)
{
	return create(name, wwid, NULL, size_sectors, split, flags);
}

static int run_simple(int type, const char *wwid)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new_map(type, wwid, &task);

	return r < 0 ? r : mp_dm_task_run(task);
}

static int suspend(const char *wwid, bool flush)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = task_new_map(DM_DEVICE_SUSPEND, wwid, &task);

	if (r < 0)
		return r;
	if (!dm_task_skip_lockfs(task) || (!flush && !dm_task_no_flush(task)))
		return -EIO;
	return mp_dm_task_run(task);
}

/*
 * The wait for I/O under way may be long. It is a call of its own, so that what was learned
 * meanwhile is known before the table is taken.
 */
static int take_table(const char *wwid, const struct mp_dm_flags *flags, bool flush)
{
	struct dm_info info;
	int r = flags->called_off ? suspend(wwid, flush) : 0;

	if (r >= 0 && flags->called_off && __atomic_load_n(flags->called_off, __ATOMIC_ACQUIRE))
		r = -ECANCELED;
	if (r >= 0)
		r = resume(wwid, flags, flush);
	if (r < 0) {
		run_simple(DM_DEVICE_CLEAR, wwid);
		if (get_info(wwid, &info) == 0 && info.suspended)
			resume(wwid, flags, false);
	}
	return r;
}

/* The paths of @table that the table in force has as well. */
static int take_common(const char *wwid, const struct mp_table *table,
		       const struct mp_dm_flags *flags, bool flush)
{
	_cleanup_(mp_dm_map_fini) struct mp_kernel_map kernel = { 0 };
	_cleanup_(mp_table_fini) struct mp_table common = MP_TABLE_INIT;
	int r = mp_dm_read(wwid, &kernel);

	if (r == 0)
		r = mp_table_copy(table, &common);
	if (r < 0)
		return r;
	mp_table_keep(&common, &kernel.table);
	r = load_table(wwid, &common, flags->read_only);
	return r < 0 ? r : take_table(wwid, flags, flush);
}

int mp_dm_reload(const char *wwid, const struct mp_table *table, const struct mp_dm_flags *flags,
		 bool flush)
{
	int r = load_table(wwid, table, flags->read_only);

	/*
	 * An NVMe namespace that went and came back has its old name, and the kernel links a map to
	 * its devices by name: it does not take the new one as long as the table in force holds the
	 * one that is gone.
	 */
	if (r == -EEXIST) {
		r = take_common(wwid, table, flags, flush);
		if (r == 0)
			r = load_table(wwid, table, flags->read_only);
	}
	return r < 0 ? r : take_table(wwid, flags, flush);
}

int mp_dm_reload_upper(const char *wwid, uint64_t size_sectors, bool split,
		       const struct mp_dm_flags *flags)
{
	int r = load_upper(wwid, size_sectors, split, flags->read_only);

	return r < 0 ? r : take_table(wwid, flags, false);
}

int mp_dm_suspend(const char *wwid)
{
	return suspend(wwid, false);
}

int mp_dm_resume(const char *wwid, const struct mp_dm_flags *flags)
{
	return resume(wwid, flags, false);
}

int mp_dm_clear(const char *wwid)
{
	struct dm_info info;
	int r = get_info(wwid, &info);

	if (r < 0 || !info.inactive_table)
		return r;
	r = run_simple(DM_DEVICE_CLEAR, wwid);
	return r < 0 ? r : 1;
}

int mp_dm_message_device(const char *uuid, const char *message)
{
	_cleanup_task_ struct dm_task *task = NULL;
	int r = mp_dm_task_new_uuid(DM_DEVICE_TARGET_MSG, uuid, &task);

	if (r < 0)
		return r;
	if (!dm_task_set_sector(task, 0) || !dm_task_set_message(task, message) ||
	    !dm_task_no_open_count(task))
		return -ENOMEM;
	return mp_dm_task_run(task);
}

/* The maps below take the messages. */
static int message_lower(const char *wwid, const char *message)
{
	struct dm_info info;
	char uuid[DM_UUID_LEN];
	int r = mp_dm_message_device(writes_wwid(wwid, true, uuid), message);

	if (r < 0 || mp_order_is_switch(message))
		return r;
	snprintf(uuid, sizeof(uuid), MP_GEOM_READS "%s", wwid);
	return get_info_uuid(uuid, &info) == 0 ? mp_dm_message_device(uuid, message) : 0;
}

int mp_dm_message(const char *wwid, const char *message)
{
	char uuid[DM_UUID_LEN];
	int r = map_uuid(wwid, uuid);

	if (r < 0)
		return r;
	return mp_geom_is_wwid(wwid) && message[0] != '@' ? message_lower(wwid, message) :
							    mp_dm_message_device(uuid, message);
}

/* ---- partition maps, and what must go along with them */

/* "part<N>-mpath-<wwid>". Return: N, 0 if @uuid is none of this map's. */
static unsigned partition_number(const char *uuid, const char *wwid)
{
	unsigned long number;
	const char *of;
	char *end;

	if (strncmp(uuid, "part", 4) || !isdigit((unsigned char)uuid[4]))
		return 0;
	number = strtoul(uuid + 4, &end, 10);
	if (*end != '-')
		return 0;
	of = mp_dm_wwid(end + 1);
	return of && !strcmp(of, wwid) ? number : 0;
}

int mp_dm_rename(const char *wwid, const char *name, const char *delimiter,
		 const struct mp_dm_flags *flags)
{
	_cleanup_(device_list_fini) struct device_list list = { 0 };
	const char *old_name = NULL;
	size_t length = strlen(name);
	int r;

	if (!length)
		return -EINVAL;
	if (!delimiter)
		delimiter = isdigit((unsigned char)name[length - 1]) ? "p" : "";
	r = mp_dm_list(&list.items, &list.count);
	if (r < 0)
		return r;

	for (size_t i = 0; i < list.count; i++) {
		const char *of = mp_dm_wwid(list.items[i].uuid);

		if (of && !strcmp(of, wwid))
			old_name = list.items[i].name;
	}
	if (!old_name)
		return -ENODEV;
	r = strcmp(old_name, name) ? free_name(&list, name) : 0;
	if (r < 0)
		return r;

	/*
	 * A partition map whose new name is taken keeps its old one: that is no reason to leave the
	 * map's wrong.
	 */
	for (size_t i = 0; i < list.count; i++) {
		unsigned number = partition_number(list.items[i].uuid, wwid);
		char partition[DM_NAME_LEN];

		if (number && (size_t)snprintf(partition, sizeof(partition), "%s%s%u", name,
					       delimiter, number) < sizeof(partition))
			rename_device(list.items[i].name, partition, NULL);
	}
	return strcmp(old_name, name) ? rename_device(old_name, name, flags) : 0;
}

static int open_count_of(const char *uuid)
{
	struct dm_info info;
	int r = get_info_uuid(uuid, &info);

	return r < 0 ? r : info.open_count;
}

static int count_users(const char *wwid, const struct device_list *list)
{
	int users = 0, partitions = 0, opened;
	struct dm_info info;

	for (size_t i = 0; i < list->count; i++) {
		if (!partition_number(list->items[i].uuid, wwid))
			continue;
		opened = open_count_of(list->items[i].uuid);
		if (opened < 0 && opened != -ENODEV)
			return opened;
		if (opened >= 0)
			partitions++;
		if (opened > 0)
			users += opened;
	}
	opened = get_info(wwid, &info);
	if (opened < 0)
		return opened;
	return users + (info.open_count > partitions ? info.open_count - partitions : 0);
}

int mp_dm_open_count(const char *wwid)
{
	_cleanup_(device_list_fini) struct device_list list = { 0 };
	int r = mp_dm_list(&list.items, &list.count);

	return r < 0 ? r : count_users(wwid, &list);
}

/* Tables name devices as MAJOR:MINOR, a word of its own. */
static void replace_devices(const char *params, const dev_t *paths, size_t count, dev_t map,
			    struct mp_strbuf *buf)
{
	while (*params) {
		size_t blanks = strspn(params, " "), length;
		bool found = false;

		mp_strbuf_add(buf, params, blanks);
		params += blanks;
		length = strcspn(params, " ");
		for (size_t p = 0; p < count && !found; p++) {
			char word[32];
			size_t size = snprintf(word, sizeof(word), "%u:%u", major(paths[p]),
					       minor(paths[p]));

			found = size == length && !memcmp(word, params, length);
		}
		if (found)
			mp_strbuf_printf(buf, "%u:%u", major(map), minor(map));
		else
			mp_strbuf_add(buf, params, length);
		params += length;
	}
}

/*
 * Copies the targets of @table into @reload, path devices replaced. Return: 0, -ENODATA if there
 * are none.
 */
static int copy_targets(struct dm_task *table, struct dm_task *reload, const dev_t *paths,
			size_t count, dev_t map)
{
	void *next = NULL;

	do {
		_cleanup_strbuf_ struct mp_strbuf params = MP_STRBUF_INIT;
		uint64_t start, size;
		char *type = NULL, *text = NULL;

		next = dm_get_next_target(table, next, &start, &size, &type, &text);
		if (!type || !text)
			return -ENODATA;
		replace_devices(text, paths, count, map, &params);
		if (params.error)
			return params.error;
		if (!dm_task_add_target(reload, start, size, type, mp_strbuf_text(&params)))
			return -ENOMEM;
	} while (next);
	return 0;
}

/* A partition's map that was removed, with what it takes to make it again. */
struct removed_partition {
	const struct mp_dm_listed *listed;
	struct dm_task *table;
	bool read_only;
};

struct removed_partitions {
	struct removed_partition *items;
	size_t count;
};

static void removed_partitions_fini(struct removed_partitions *removed)
{
	for (size_t i = 0; i < removed->count; i++)
		dm_task_destroy(removed->items[i].table);
	free(removed->items);
}

static int remove_partition(const struct mp_dm_listed *listed, bool deferred,
			    struct removed_partitions *removed)
{
	_cleanup_task_ struct dm_task *task = NULL;
	struct dm_info info;
	int r = mp_dm_task_new_uuid(DM_DEVICE_TABLE, listed->uuid, &task);

	if (r == 0)
		r = mp_dm_task_query(task, &info);
	if (r == 0)
		r = remove_uuid(listed->uuid, deferred);
	if (r == 0)
		removed->items[removed->count++] = (struct removed_partition){
			.listed = listed,
			.table = TAKE_PTR(task),
			.read_only = info.read_only,
		};
	return r == -ENODEV ? 0 : r;
}

static int remove_partitions(const char *wwid, const struct device_list *list, bool deferred,
			     struct removed_partitions *removed)
{
	removed->items = calloc(list->count + 1, sizeof(*removed->items));
	if (!removed->items)
		return -ENOMEM;
	for (size_t i = 0; i < list->count; i++) {
		int r;

		if (!partition_number(list->items[i].uuid, wwid))
			continue;
		r = remove_partition(&list->items[i], deferred, removed);
		if (r < 0)
			return r;
	}
	return 0;
}

static int restore_partition(const struct removed_partition *partition)
{
	_cleanup_task_ struct dm_task *created = NULL, *load = NULL, *resumed = NULL;
	const char *uuid = partition->listed->uuid;
	int r = mp_dm_task_new_uuid(DM_DEVICE_CREATE, uuid, &created);

	if (r < 0)
		return r;
	if (!dm_task_set_name(created, partition->listed->name) ||
	    !dm_task_set_add_node(created, DM_ADD_NODE_ON_RESUME))
		return -EINVAL;
	r = mp_dm_task_run(created);
	if (r == 0)
		r = mp_dm_task_new_uuid(DM_DEVICE_RELOAD, uuid, &load);
	if (r == 0 && partition->read_only && !dm_task_set_ro(load))
		r = -EIO;
	if (r == 0)
		r = copy_targets(partition->table, load, NULL, 0, 0);
	if (r == 0)
		r = mp_dm_task_run(load);
	if (r == 0)
		r = mp_dm_task_new_uuid(DM_DEVICE_RESUME, uuid, &resumed);
	if (r == 0)
		r = task_set_flags(resumed, NULL);
	return r < 0 ? r : mp_dm_task_run(resumed);
}

static void remove_lower(const char *wwid, bool deferred)
{
	struct dm_info info;
	char uuid[DM_UUID_LEN];

	snprintf(uuid, sizeof(uuid), MP_GEOM_READS "%s", wwid);
	if (get_info_uuid(uuid, &info) == 0)
		remove_uuid(uuid, deferred);
	remove_uuid(writes_wwid(wwid, true, uuid), deferred);
}

static int try_remove(const char *wwid, const struct mp_dm_removal *removal)
{
	_cleanup_(device_list_fini) struct device_list list = { 0 };
	_cleanup_(removed_partitions_fini) struct removed_partitions removed = { 0 };
	struct dm_info info;
	int r;

	r = mp_dm_list(&list.items, &list.count);
	if (r < 0)
		return r;
	if (removal->only_unused) {
		r = count_users(wwid, &list);
		if (r != 0)
			return r < 0 ? r : -EBUSY;
	}
	/*
	 * No message and no suspend before: a map that no process has open has no I/O under way,
	 * the kernel refuses to remove one that was opened just now, and it goes on as it was.
	 */
	r = remove_partitions(wwid, &list, removal->deferred, &removed);
	if (r == 0)
		r = remove_map(wwid, removal->deferred);
	for (size_t i = 0; r < 0 && i < removed.count; i++)
		restore_partition(&removed.items[i]);
	if (r < 0)
		return r;
	if (mp_geom_is_wwid(wwid))
		remove_lower(wwid, removal->deferred);
	return removal->deferred && get_info(wwid, &info) == 0 ? 1 : 0;
}

int mp_dm_remove(const char *wwid, const struct mp_dm_removal *removal)
{
	int r = try_remove(wwid, removal);

	if (r != -EBUSY || !removal->awaits_udev)
		return r;
	mp_udev_queue_wait(MP_UDEV_QUEUE_MSEC);
	return try_remove(wwid, removal);
}

int mp_dm_cancel_deferred(const char *wwid)
{
	static const char cancel[] = "@cancel_deferred_remove";
	_cleanup_(device_list_fini) struct device_list list = { 0 };
	int r = mp_dm_list(&list.items, &list.count);

	if (r < 0)
		return r;
	for (size_t i = 0; i < list.count; i++) {
		if (!partition_number(list.items[i].uuid, wwid))
			continue;
		r = mp_dm_message_device(list.items[i].uuid, cancel);
		if (r < 0 && r != -ENODEV)
			return r;
	}
	return mp_dm_message(wwid, cancel);
}

/* ---- reassign */

static bool uses_path(struct dm_task *deps_task, const dev_t *paths, size_t count)
{
	const struct dm_deps *deps = dm_task_get_deps(deps_task);

	for (uint32_t i = 0; deps && i < deps->count; i++)
		for (size_t p = 0; p < count; p++)
			if (makedev(major(deps->device[i]), minor(deps->device[i])) == paths[p])
				return true;
	return false;
}

static int reassign_device(dev_t devt, const dev_t *paths, size_t count, dev_t map)
{
	_cleanup_task_ struct dm_task *deps = NULL, *table = NULL, *reload = NULL, *resumed = NULL;
	const struct mp_dm_flags unchanged = { .reload = true };
	struct dm_info info;
	int r;

	r = mp_dm_task_new_devt(DM_DEVICE_DEPS, devt, &deps);
	if (r == 0)
		r = mp_dm_task_run(deps);
	if (r < 0)
		return r;
	if (!uses_path(deps, paths, count))
		return 0;

	r = mp_dm_task_new_devt(DM_DEVICE_TABLE, devt, &table);
	if (r == 0)
		r = mp_dm_task_run(table);
	if (r < 0)
		return r;
	r = mp_dm_task_new_devt(DM_DEVICE_RELOAD, devt, &reload);
	if (r < 0)
		return r;
	if (!dm_task_get_info(table, &info) || (info.read_only && !dm_task_set_ro(reload)))
		return -EIO;
	r = copy_targets(table, reload, paths, count, map);
	if (r == 0)
		r = mp_dm_task_run(reload);
	if (r < 0)
		return r;

	r = mp_dm_task_new_devt(DM_DEVICE_RESUME, devt, &resumed);
	if (r < 0)
		return r;
	if (!dm_task_no_flush(resumed) || !dm_task_skip_lockfs(resumed))
		return -EIO;
	r = task_set_flags(resumed, &unchanged);
	return r < 0 ? r : mp_dm_task_run(resumed);
}

int mp_dm_reassign(const char *wwid, const dev_t *paths, size_t count)
{
	_cleanup_(device_list_fini) struct device_list list = { 0 };
	dev_t map = 0;
	int r, error = 0;

	r = mp_dm_list(&list.items, &list.count);
	if (r < 0)
		return r;
	for (size_t i = 0; i < list.count; i++) {
		const char *of = mp_dm_wwid(list.items[i].uuid);

		if (of && !strcmp(of, wwid))
			map = list.items[i].devt;
	}
	if (!map)
		return -ENODEV;
	for (size_t i = 0; i < list.count; i++) {
		if (mp_dm_wwid(list.items[i].uuid) || partition_number(list.items[i].uuid, wwid))
			continue;
		r = reassign_device(list.items[i].devt, paths, count, map);
		if (r < 0 && !error)
			error = r;
	}
	return error;
}
