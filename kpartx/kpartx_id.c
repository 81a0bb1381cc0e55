/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kpartx_id MAJOR MINOR UUID - for udev's rules: what a multipath map, or a partition of one,
 * stands on, as properties. Runs for every event of every such device, hence sysfs and nothing but
 * libc.
 */
#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mangling.h"

#define MPATH "mpath-"

/* Directory below /sys/dev/block of the devices that this one stands on. */
static DIR *open_slaves(const char *device, char *dir, size_t size)
{
	if ((size_t)snprintf(dir, size, "%s/slaves", device) >= size)
		return NULL;
	return opendir(dir);
}

static bool read_line(const char *dir, const char *name, const char *attribute, char *text,
		      int size)
{
	char file[600];
	FILE *f;
	bool got;

	snprintf(file, sizeof(file), "%s/%s/%s", dir, name, attribute);
	f = fopen(file, "re");
	if (!f)
		return false;
	got = fgets(text, size, f);
	fclose(f);
	if (got)
		text[strcspn(text, "\n")] = '\0';
	return got;
}

static struct dirent *next_slave(DIR *slaves)
{
	struct dirent *entry;

	while ((entry = readdir(slaves)))
		if (entry->d_name[0] != '.')
			return entry;
	return NULL;
}

/* The kind of disk, from the drivers' major numbers. */
static const char *type_of(const char *device)
{
	char dir[300], devt[32];
	DIR *slaves = open_slaves(device, dir, sizeof(dir));
	bool any = false, ccw = false, cciss = false, nines = false;
	struct dirent *slave;

	while (slaves && (slave = next_slave(slaves))) {
		int maj;

		if (!read_line(dir, slave->d_name, "dev", devt, sizeof(devt)))
			continue;
		maj = atoi(devt);
		any = true;
		ccw |= maj == 94; /* DASD */
		cciss |= (maj >= 104 && maj <= 110) || maj == 112;
		nines |= devt[0] == '9'; /* 9: md */
	}
	if (slaves)
		closedir(slaves);
	return ccw ? "ccw" : cciss ? "cciss" : nines || !any ? "raid" : "scsi";
}

/*
 * The map that a partition stands on. Prints its name; @parent: of @size bytes, "" if it is not to
 * be found.
 */
static void print_parent(const char *device, char *parent, size_t size)
{
	char dir[300], name[300], devt[32];
	DIR *slaves = open_slaves(device, dir, sizeof(dir));
	struct dirent *slave = slaves ? next_slave(slaves) : NULL;

	*parent = '\0';
	if (slave && read_line(dir, slave->d_name, "dm/name", name, sizeof(name)) &&
	    read_line(dir, slave->d_name, "dev", devt, sizeof(devt))) {
		mp_mangling_decode(name);
		printf("DM_MPATH=%s\n", name);
		snprintf(parent, size, "/sys/dev/block/%s", devt);
	}
	if (slaves)
		closedir(slaves);
}

/* "partN-mpath-WWID": prints N. Return: what is behind "partN-". */
static const char *partition_of(const char *uuid, int *digits)
{
	size_t length;

	if (strncmp(uuid, "part", 4))
		return NULL;
	length = strspn(uuid + 4, "0123456789");
	*digits = length;
	return length && uuid[4 + length] == '-' ? uuid + 4 + length + 1 : NULL;
}

int main(int argc, char **argv)
{
	const char *uuid = argc > 3 ? argv[3] : "", *disk_uuid = uuid, *of, *type;
	char device[300], map[300];
	int digits;

	if (argc < 3) {
		printf("usage: %s major minor UUID\n", argv[0]);
		return 1;
	}
	snprintf(device, sizeof(device), "/sys/dev/block/%.20s:%.20s", argv[1], argv[2]);
	snprintf(map, sizeof(map), "%s", device);
	of = partition_of(uuid, &digits);
	if (of) {
		if (!strncmp(of, MPATH, strlen(MPATH)))
			print_parent(device, map, sizeof(map));
		printf("DM_PART=%.*s\n", digits, uuid + 4);
		disk_uuid = of;
	}
	if (strncmp(disk_uuid, MPATH, strlen(MPATH)) || !disk_uuid[strlen(MPATH)]) {
		printf("DM_TYPE=raid\n");
		return 0;
	}
	type = type_of(map);
	printf("DM_TYPE=%s\n", type);
	disk_uuid += strlen(MPATH);
	if (!strcmp(type, "scsi"))
		printf("DM_WWN=0x%s\n", disk_uuid + 1);
	printf("DM_SERIAL=%s\n", disk_uuid);
	return 0;
}
