/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* iet: iSCSI: "preferredip=ADDRESS"; paths through that portal come first, by udev's links in /dev/disk/by-path. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/sysfs.h"
#include "prioritizers/prioritizers.h"

enum { PREFERRED = 20, OTHER = 10, ADDRESS_SHORTEST = 8 };

/* ip-192.0.2.7:3260-iscsi-iqn...-lun-1 */
static bool names_portal(const char *link, const char *address)
{
	size_t length = strlen(address);
	const char *portal = strstr(link, "ip-");

	return portal && !strncmp(portal + 3, address, length) && portal[3 + length] == ':';
}

static int iet_priority(struct mp_prioritization *prioritization)
{
	char address[64], folder[MP_SYSFS_FILE_SIZE], target[256];
	struct dirent *entry;
	int priority = OTHER;
	DIR *dir;

	if (!mp_args_get(prioritization->args, "preferredip", address, sizeof(address)) ||
	    strlen(address) < ADDRESS_SHORTEST)
		return 0;
	snprintf(folder, sizeof(folder), "%s/disk/by-path", prioritization->roots->dev);
	dir = opendir(folder);
	if (!dir)
		return OTHER;
	while (priority == OTHER && (entry = readdir(dir))) {
		ssize_t length;
		const char *name;

		if (!names_portal(entry->d_name, address))
			continue;
		length = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		name = strrchr(target, '/');
		if (!strcmp(name ? name + 1 : target, prioritization->identity->name))
			priority = PREFERRED;
	}
	closedir(dir);
	return priority;
}

const struct mp_prioritizer mp_prioritizer_iet = {
	.name = "iet",
	.priority = iet_priority,
	.reads_identity = true,
};
