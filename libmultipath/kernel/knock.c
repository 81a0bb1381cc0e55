/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/knock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <scsi/sg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel/probe.h"
#include "kernel/scsi.h"
#include "kernel/sysfs.h"

enum { CDB_SIZE = 6, NAME_SIZE = 32 };

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* Kernel name of the disk's sg device. */
static int find_name(const struct mp_roots *roots, const char *dir, char *name)
{
	_cleanup_(close_dir) DIR *found = NULL;
	char text[MP_SYSFS_FILE_SIZE];
	struct dirent *entry;

	if ((size_t)snprintf(text, sizeof(text), "%s/%s/device/scsi_generic", roots->sys, dir) >=
	    sizeof(text))
		return -ENAMETOOLONG;
	found = opendir(text);
	if (!found)
		return -errno;
	while ((entry = readdir(found))) {
		if (entry->d_name[0] == '.' || strlen(entry->d_name) >= NAME_SIZE)
			continue;
		strcpy(name, entry->d_name);
		return 0;
	}
	return -ENOENT;
}

static int open_generic(const struct mp_roots *roots, const char *dir)
{
	char name[NAME_SIZE], text[MP_SYSFS_FILE_SIZE];
	_cleanup_close_ int fd = -1;
	unsigned number[2];
	struct stat st;
	int r = find_name(roots, dir, name);

	if (r < 0)
		return r;
	snprintf(text, sizeof(text), "device/scsi_generic/%s/dev", name);
	r = mp_sysfs_read(roots->sys, dir, text, text, sizeof(text));
	if (r < 0)
		return r;
	if (sscanf(text, "%u:%u", &number[0], &number[1]) != 2)
		return -EBADMSG;
	snprintf(text, sizeof(text), "%s/%s", roots->dev, name);
	fd = open(text, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	return S_ISCHR(st.st_mode) && st.st_rdev == makedev(number[0], number[1]) ? TAKE_FD(fd) :
										    -ENXIO;
}

int mp_knock(const struct mp_roots *roots, const char *dir, unsigned timeout_msec)
{
	static const unsigned char cdb[CDB_SIZE] = { 0 };
	struct sg_io_hdr header = {
		.interface_id = 'S',
		.dxfer_direction = SG_DXFER_NONE,
		.cmd_len = sizeof(cdb),
		.cmdp = (unsigned char *)cdb, /* not written to */
		.timeout = timeout_msec,
	};
	_cleanup_close_ int fd = open_generic(roots, dir);

	if (fd < 0)
		return fd;
	if (write(fd, &header, sizeof(header)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int mp_knock_answer(int fd, struct mp_scsi_result *ret)
{
	unsigned char sense[MP_SCSI_SENSE_SIZE] = { 0 };
	struct sg_io_hdr header = { .interface_id = 'S', .sbp = sense, .mx_sb_len = sizeof(sense) };

	if (read(fd, &header, sizeof(header)) < 0)
		return -errno;
	mp_scsi_take(&header, ret);
	return 0;
}
