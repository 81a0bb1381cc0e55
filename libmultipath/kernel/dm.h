/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dm.h - device-mapper operations on multipath maps.  For: programs.
 *
 * Devices are addressed by UUID or number wherever the ioctl allows it: then dm_task_run() touches
 * none of libdevmapper's process-wide lists of device nodes (udev makes those), and several workers
 * can run tasks at once. Everything that is marked "blocks" may wait for I/O on a dead path: only
 * workers call it.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "model/map.h"

/*
 * Maps under the administrator's hand (model/geom.h) stand on others, which have the paths and are
 * nobody's but their map's: no UUID of a multipath map, no rule of udev's looks into them.
 * Functions that take a WWID take their UUIDs as well.
 */

/** mp_dm_lower_wwid() - @uuid without MP_GEOM_READS or MP_GEOM_WRITES, NULL if it has neither */
const char *mp_dm_lower_wwid(const char *uuid);

/** mp_dm_wwid() - part of @uuid behind "mpath-", NULL if it is no multipath map's */
const char *mp_dm_wwid(const char *uuid);

/**
 * mp_dm_read() - table and status of one map, two ioctls; never blocks for I/O
 * @ret:	empty; filled on success (mp_kernel_map.exists). A UUID of ours with another target:
 *		other_target
 *
 * Return: 0, -ENODEV no such device, -EBADMSG, negative errno.
 */
int mp_dm_read(const char *wwid, struct mp_kernel_map *ret);

/**
 * mp_dm_read_status() - status alone, into a map read before; one ioctl. -EBADMSG: the table
 * changed, read it anew.
 */
int mp_dm_read_status(const char *wwid, struct mp_kernel_map *map);

/** mp_dm_map_fini() - free what mp_dm_read() filled */
void mp_dm_map_fini(struct mp_kernel_map *map);

/* Flags for udev, sent in the cookie; DM_UDEV_DISABLE_LIBRARY_FALLBACK is always added. */
struct mp_dm_flags {
	bool reload; /* FLAG0: content is unchanged, do not scan */
	bool skip_kpartx; /* FLAG1 */
	bool no_paths; /* FLAG2: nothing can be read */
	bool internal; /* no rule of udev's has anything to do with it */
	bool read_only;
	bool has_mode, has_uid, has_gid;
	mode_t mode;
	uid_t uid;
	gid_t gid;
	const bool *called_off; /* NULL, or set by another thread: see mp_dm_reload() */
};

/**
 * mp_dm_create() - create, load, resume. Blocks.
 *
 * A half-made device of that UUID, which a kill has left, is completed; one of another map that has
 * the name gets its WWID as name. If it fails, nothing is left. -EEXIST: name or UUID is taken.
 * -EROFS is retried read-only.
 */
int mp_dm_create(const char *name, const char *wwid, const struct mp_table *table,
		 const struct mp_dm_flags *flags);

/**
 * mp_dm_set_owner() - set mode and owner of the map's node; repeated after each udev event, because
 * udev resets them
 *
 * Return: 0, -ENOENT there is no such node, negative errno.
 */
int mp_dm_set_owner(dev_t devt, const struct mp_dm_flags *flags);

/**
 * mp_dm_reload() - load, then resume without flush; on failure the old table is in force again.
 * @flush: resize. Blocks. -ECANCELED: called off before it was taken.
 */
int mp_dm_reload(const char *wwid, const struct mp_table *table, const struct mp_dm_flags *flags,
		 bool flush);

/**
 * mp_dm_create_upper() - as mp_dm_create(), over the map for writes, which exists
 * @split:	reads go to the one for reads, which exists, too
 */
int mp_dm_create_upper(const char *name, const char *wwid, uint64_t size_sectors, bool split,
		       const struct mp_dm_flags *flags);
/** mp_dm_reload_upper() - as mp_dm_reload(), with the table of mp_dm_create_upper() */
int mp_dm_reload_upper(const char *wwid, uint64_t size_sectors, bool split,
		       const struct mp_dm_flags *flags);

/**
 * mp_dm_rename() - the map, and its partition maps with it. @delimiter: partition_delimiter or
 * NULL.
 */
int mp_dm_rename(const char *wwid, const char *name, const char *delimiter,
		 const struct mp_dm_flags *flags);

/** mp_dm_suspend() - without flush, without locking file systems. Blocks. */
int mp_dm_suspend(const char *wwid);
/** mp_dm_resume() - let the I/O of a suspended map continue. Blocks. */
int mp_dm_resume(const char *wwid, const struct mp_dm_flags *flags);

/**
 * mp_dm_clear() - drop a table that was loaded and never taken, which holds its paths. Return: 1
 * there was one, 0, negative errno.
 */
int mp_dm_clear(const char *wwid);

struct mp_dm_removal {
	bool deferred; /* goes when its last user does */
	bool only_unused; /* -EBUSY at once if it, or a partition map of it, is open */
	/* udev may have it open for a moment: if it is in use, once more when udev is idle */
	bool awaits_udev;
};

/**
 * mp_dm_remove() - the map and its partition maps. Blocks. Who removes many does not let each of
 * them await udev.
 *
 * A map that cannot be removed goes on as it was, with its partition maps.
 * Return: 0, 1 if removal is deferred and it is still there, -EBUSY, -ENODEV, negative errno.
 */
int mp_dm_remove(const char *wwid, const struct mp_dm_removal *removal);

/**
 * mp_dm_remove_half_made() - Return: 1 removed, 0 it has a table now, -ENODEV, -EBUSY, negative
 * errno.
 */
int mp_dm_remove_half_made(const char *wwid);

/**
 * mp_dm_message() - to sector 0 (of a map that stands on others: to those, which group is next to
 * the one for writes): "fail_path 8:16", "switch_group 2", "queue_if_no_path",
 * "@cancel_deferred_remove" ...
 */
int mp_dm_message(const char *wwid, const char *message);

/** mp_dm_message_device() - the same to a device of any kind, by its whole UUID */
int mp_dm_message_device(const char *uuid, const char *message);

/** mp_dm_cancel_deferred() - map and partition maps stay */
int mp_dm_cancel_deferred(const char *wwid);

/**
 * mp_dm_open_count() - users of the map that are not its own partition maps, plus users of those.
 * Return: >= 0, negative errno.
 */
int mp_dm_open_count(const char *wwid);

/**
 * mp_dm_reassign() - point the tables of other dm devices (not multipath maps') from path devices
 * to the map
 * @paths:	device numbers of the map's paths
 */
int mp_dm_reassign(const char *wwid, const dev_t *paths, size_t count);
