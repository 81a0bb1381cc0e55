/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * iet: iSCSI: "preferredip=ADDRESS" or "preferredip=NETWORK/BITS:PRIORITY,..."; paths through such
 * portals come first, by udev's links in /dev/disk/by-path.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/sysfs.h"
#include "prioritizers/prioritizers.h"

enum { PREFERRED = 20, OTHER = 10, ADDRESS_SHORTEST = 8, PRIORITY_MAX = 10000 };

/* The address in ip-192.0.2.7:3260-iscsi-iqn...-lun-1. Return: its length, 0 if there is none. */
static size_t portal_find(const char *link, const char **ret)
{
	const char *portal = strstr(link, "ip-");
	size_t length;

	if (!portal)
		return 0;
	*ret = portal + strlen("ip-");
	length = strcspn(*ret, **ret == '[' ? "]" : ":");
	return (*ret)[length] == ']' ? length + 1 : length;
}

static bool in_network(const char *portal, size_t length, const char *network, unsigned bits)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr address, base;

	if (length >= sizeof(text) || bits > 32)
		return false;
	memcpy(text, portal, length);
	text[length] = '\0';
	if (inet_pton(AF_INET, text, &address) != 1 || inet_pton(AF_INET, network, &base) != 1)
		return false;
	return bits == 0 || !((ntohl(address.s_addr) ^ ntohl(base.s_addr)) >> (32 - bits));
}

/*
 * One of the list: ADDRESS[/BITS][:PRIORITY]. Return: the priority of that portal, 0 if this is not
 * about it.
 */
static int entry_priority(const char *entry, const char *portal, size_t length)
{
	char network[INET_ADDRSTRLEN];
	unsigned bits = 32;
	int priority = PREFERRED, used = 0;

	/* As it is: also what is no IPv4 address. */
	if (strlen(entry) == length && !strncmp(entry, portal, length))
		return PREFERRED;
	if (sscanf(entry, "%15[0-9.]%n", network, &used) != 1)
		return 0;
	entry += used;
	if (*entry == '/') {
		if (sscanf(entry, "/%2u%n", &bits, &used) != 1)
			return 0;
		entry += used;
	}
	if (*entry == ':') {
		if (sscanf(entry, ":%5d%n", &priority, &used) != 1 || priority < 1 ||
		    priority > PRIORITY_MAX)
			return 0;
		entry += used;
	}
	return !*entry && in_network(portal, length, network, bits) ? priority : 0;
}

/* The first one that is about the portal counts. Return: 0 none. */
static int list_priority(const char *list, const char *link)
{
	char entry[64];
	const char *portal;
	size_t length = portal_find(link, &portal);
	int priority = 0;

	while (length && *list && !priority) {
		size_t size = strcspn(list, ",");

		if (size < sizeof(entry)) {
			memcpy(entry, list, size);
			entry[size] = '\0';
			priority = entry_priority(entry, portal, length);
		}
		list += size + (list[size] == ',');
	}
	return priority;
}

static int iet_priority(struct mp_prioritization *prioritization)
{
	char list[512], folder[MP_SYSFS_FILE_SIZE], target[256];
	int priority = 0, told;
	struct dirent *entry;
	DIR *dir;

	if (!mp_prioritizer_arg(prioritization->args, "preferredip", list, sizeof(list)) ||
	    strlen(list) < ADDRESS_SHORTEST)
		return 0;
	snprintf(folder, sizeof(folder), "%s/disk/by-path", prioritization->roots->dev);
	dir = opendir(folder);
	if (!dir)
		return OTHER;
	while (!priority && (entry = readdir(dir))) {
		ssize_t length;
		const char *name;

		told = list_priority(list, entry->d_name);
		if (!told)
			continue;
		length = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		name = strrchr(target, '/');
		if (!strcmp(name ? name + 1 : target, prioritization->identity->name))
			priority = told;
	}
	closedir(dir);
	return priority ? priority : OTHER;
}

const struct mp_prioritizer mp_prioritizer_iet = {
	.name = "iet",
	.priority = iet_priority,
	.reads_identity = true,
};
