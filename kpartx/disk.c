/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/dm.h"
#include "kernel/linear.h"

enum { WAIT_LOOK_MSEC = 100, WAIT_LOOKS = 100 }; /* nothing tells when a map is resumed */

void disk_fini(struct disk *disk)
{
	if (disk->fd >= 0)
		close(disk->fd);
	free(disk->name);
	*disk = (struct disk){ .fd = -1 };
}

static int read_geometry(struct disk *disk)
{
	int sector_bytes = 512, read_only = 0;
	uint64_t bytes;

	if (ioctl(disk->fd, BLKGETSIZE64, &bytes) < 0 ||
	    ioctl(disk->fd, BLKSSZGET, &sector_bytes) < 0 ||
	    ioctl(disk->fd, BLKROGET, &read_only) < 0)
		return -errno;
	disk->size_sectors = bytes / 512;
	disk->sector_bytes = sector_bytes;
	disk->read_only = read_only;
	return 0;
}

static bool is_dm(dev_t devt)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u/dm", major(devt), minor(devt));
	return access(dir, F_OK) == 0;
}

static int read_dm_name(struct disk *disk)
{
	_cleanup_(mp_linear_fini) struct mp_linear device = { 0 };
	int r = mp_linear_read(disk->devt, &device);

	if (r < 0)
		return r;
	disk->name = TAKE_PTR(device.name);
	return mappings_disk_uuid(device.uuid, disk->devt, disk->uuid, sizeof(disk->uuid));
}

static int read_name(struct disk *disk, const char *file)
{
	const char *slash = strrchr(file, '/');

	disk->is_dm = is_dm(disk->devt);
	if (disk->is_dm)
		return read_dm_name(disk);
	disk->name = strdup(slash ? slash + 1 : file);
	if (!disk->name)
		return -ENOMEM;
	return mappings_disk_uuid("", disk->devt, disk->uuid, sizeof(disk->uuid));
}

int disk_open(const char *file, struct disk *ret)
{
	_cleanup_(disk_fini) struct disk disk = { .fd = open(file, O_RDONLY | O_CLOEXEC) };
	struct stat stat;
	int r;

	if (disk.fd < 0 || fstat(disk.fd, &stat) < 0)
		return -errno;
	if (!S_ISBLK(stat.st_mode))
		return -ENOTBLK;
	disk.devt = stat.st_rdev;
	disk.mode = stat.st_mode & 0777;
	disk.uid = stat.st_uid;
	disk.gid = stat.st_gid;
	/* A program that partitions it now triggers udev when it is done: no reason to wait. */
	flock(disk.fd, LOCK_SH | LOCK_NB);
	r = read_geometry(&disk);
	if (r == 0)
		r = read_name(&disk, file);
	if (r < 0)
		return r;
	*ret = disk;
	disk = (struct disk){ .fd = -1 };
	return 0;
}

static bool has_path(const struct mp_table *table)
{
	for (size_t i = 0; i < table->group_count; i++)
		for (size_t k = 0; k < table->groups[i].path_count; k++)
			if (table->groups[i].paths[k].state == MP_DM_ACTIVE)
				return true;
	return false;
}

static bool waits_for_path(const char *wwid)
{
	struct mp_kernel_map map = { 0 };
	bool waits = mp_dm_read(wwid, &map) == 0 && !map.other_target &&
		     mp_table_has_feature(&map.table, "queue_if_no_path") && !has_path(&map.table);

	mp_dm_map_fini(&map);
	return waits;
}

const char *disk_silence(const struct disk *disk)
{
	_cleanup_(mp_linear_fini) struct mp_linear device = { 0 };
	const char *wwid = mp_dm_wwid(disk->uuid);

	if (!disk->is_dm || mp_linear_read(disk->devt, &device) < 0)
		return NULL;
	if (device.suspended)
		return "it is suspended";
	return wwid && waits_for_path(wwid) ? "none of its paths works" : NULL;
}

int disk_wait(const struct disk *disk)
{
	for (int i = 0; disk_silence(disk); i++) {
		if (i == WAIT_LOOKS)
			return -ETIMEDOUT;
		poll(NULL, 0, WAIT_LOOK_MSEC);
	}
	return 0;
}
