/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "gmultipath/superblock.h"

#include <blkid.h>
#include <errno.h>
#include <fcntl.h>
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
	/* Tables without a copy at the end leave the last sector alone. */
	type = value(probe, "PTTYPE");
	if (!type || strcmp(type, "gpt"))
		return 0;
	snprintf(text, size, "a GPT backup header");
	return 1;
}
