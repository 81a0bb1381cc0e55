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

static void probe_freep(blkid_probe *probe)
{
	blkid_free_probe(*probe);
}

static const char *value(blkid_probe probe, const char *name)
{
	const char *text = NULL;

	return blkid_probe_lookup_value(probe, name, &text, NULL) == 0 ? text : NULL;
}

/* libblkid's list needs a probe that has not been run. */
static bool partition_reaches_end(int fd, const struct provider *provider)
{
	_cleanup_(probe_freep) blkid_probe probe = blkid_new_probe();
	blkid_partlist list;
	int count;

	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) < 0)
		return false;
	list = blkid_probe_get_partitions(probe);
	count = list ? blkid_partlist_numof_partitions(list) : 0;
	for (int i = 0; i < count; i++) {
		blkid_partition partition = blkid_partlist_get_partition(list, i);

		if (blkid_partition_get_start(partition) + blkid_partition_get_size(partition) >=
		    (blkid_loff_t)(provider->disk.media_bytes / 512))
			return true;
	}
	return false;
}

int superblock_find(const struct provider *provider, char *text, size_t size)
{
	_cleanup_close_ int fd = provider_open(provider->devt, provider->name, O_RDONLY);
	_cleanup_(probe_freep) blkid_probe probe = fd < 0 ? NULL : blkid_new_probe();
	const char *usage, *type;
	int r;

	if (fd < 0)
		return fd;
	if (!probe || blkid_probe_set_device(probe, fd, 0, 0) < 0)
		return -ENOMEM;
	blkid_probe_enable_superblocks(probe, 1);
	blkid_probe_set_superblocks_flags(probe, BLKID_SUBLKS_TYPE | BLKID_SUBLKS_USAGE);
	blkid_probe_enable_partitions(probe, 1);
	r = blkid_do_safeprobe(probe);
	if (r == -2) {
		snprintf(text, size, "one of several things that have signatures on the disk (blkid -p)");
		return 1;
	}
	if (r != 0)
		return 0;
	usage = value(probe, "USAGE");
	type = value(probe, "TYPE");
	if (usage && type) {
		snprintf(text, size, !strcmp(usage, "raid") ? "a RAID superblock (%s)" :
				     !strcmp(usage, "filesystem") ? "a file system (%s)" : "%s", type);
		return 1;
	}
	type = value(probe, "PTTYPE");
	if (type && !strcmp(type, "gpt")) {
		snprintf(text, size, "a GPT backup header");
		return 1;
	}
	/* Other tables have no copy at the end. */
	if (!type || !partition_reaches_end(fd, provider))
		return 0;
	snprintf(text, size, "a partition (%s) that reaches to the end", type);
	return 1;
}
