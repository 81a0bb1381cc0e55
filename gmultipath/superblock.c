/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/superblock.h"

#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "gmultipath/engine.h"
#include "kpartx/partitions.h"
#include "kpartx/table.h"

static void probe_freep(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

static const char *value(blkid_probe probe, const char *name)
{
	const char *text = NULL;

	return blkid_probe_lookup_value(probe, name, &text, NULL) == 0 ? text : NULL;
}

/*
 * A partition that extends past the end of the disk counts, too: the disk may have shrunk, or not
 * be shown completely, and the data reaches to its end.
 */
static bool reaches_end(const struct partition *partition, uint64_t disk_sectors)
{
	return partition->table_sectors && partition->start_sectors < disk_sectors &&
	       partition->table_sectors >= disk_sectors - partition->start_sectors;
}

/* Only GPT has a copy at the end of the disk. Return: as superblock_find(). */
static int find_table(int fd, const struct provider *provider, char *text, size_t size)
{
	_cleanup_(partitions_fini) struct partitions partitions = { 0 };
	const struct partitions_source source = {
		.fd = fd,
		.sector_bytes = provider->disk.sector_bytes,
		.size_sectors = provider->disk.media_bytes / 512,
	};
	int r = table_read(&source, &partitions);

	if (r < 0)
		return r;
	if (partitions.broken_gpt || (partitions.type && !strcmp(partitions.type, "gpt"))) {
		snprintf(text, size,
			 partitions.broken_gpt ? "a damaged GPT" : "a GPT backup header");
		return 1;
	}
	for (size_t i = 0; i < partitions.count; i++) {
		if (!reaches_end(&partitions.items[i], source.size_sectors))
			continue;
		snprintf(text, size, "a partition (%s) that extends to the end", partitions.type);
		return 1;
	}
	return 0;
}

int superblock_find(const struct provider *provider, char *text, size_t size)
{
	_cleanup_close_ int fd = engine_provider_open(provider->devt, provider->name, O_RDONLY);
	_cleanup_(probe_freep) blkid_probe probe = fd < 0 ? NULL : blkid_new_probe();
	const char *usage, *type;
	int r;

	if (fd < 0)
		return fd;
	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) < 0)
		return -ENOMEM;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE);
	r = blkid_do_safeprobe(probe);
	if (r == -2) {
		snprintf(text, size, "one of several signatures on the disk (see blkid -p)");
		return 1;
	}
	if (r < 0)
		return -EIO;
	usage = value(probe, "USAGE");
	type = value(probe, "TYPE");
	if (usage && type) {
		snprintf(text, size,
			 !strcmp(usage, "raid")	      ? "a RAID superblock (%s)" :
			 !strcmp(usage, "filesystem") ? "a file system (%s)" :
							"%s",
			 type);
		return 1;
	}
	return find_table(fd, provider, text, size);
}
