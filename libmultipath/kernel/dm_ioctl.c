/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/dm_ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "model/geom.h"

#define UUID_PREFIX "mpath-"

enum { FIRST_SIZE = 16 << 10, LONGEST_SIZE = 16 << 20 };

static int control_open(void)
{
	int fd;

	/* Opening the node would load the module. */
	if (access("/sys/class/misc/device-mapper", F_OK) < 0)
		return -ENODEV;
	fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static void request_init(struct dm_ioctl *request, size_t size, uint32_t flags)
{
	memset(request, 0, sizeof(*request));
	request->version[0] = DM_VERSION_MAJOR;
	request->data_size = size;
	request->data_start = sizeof(*request);
	request->flags = flags;
}

static int control_ask(int fd, unsigned long command, struct dm_ioctl *request)
{
	if (ioctl(fd, command, request) < 0)
		return errno == ENXIO ? -ENODEV : -errno;
	return 0;
}

static bool is_ours(const struct dm_ioctl *answer)
{
	return !strncmp(answer->uuid, UUID_PREFIX, strlen(UUID_PREFIX)) ||
	       !strncmp(answer->uuid, MP_GEOM_WRITES, strlen(MP_GEOM_WRITES));
}

static int control_ask_wwid(int fd, const char *wwid, struct dm_ioctl *answer)
{
	request_init(answer, sizeof(*answer), 0);
	if (snprintf(answer->uuid, sizeof(answer->uuid), UUID_PREFIX "%s", wwid) >=
	    (int)sizeof(answer->uuid))
		return -ENODEV;
	return control_ask(fd, DM_DEV_STATUS, answer);
}

bool mp_dm_ioctl_has_map(const char *wwid)
{
	_cleanup_close_ int fd = control_open();
	struct dm_ioctl answer;

	return fd >= 0 && control_ask_wwid(fd, wwid, &answer) == 0;
}

int mp_dm_ioctl_find(const char *text, dev_t *ret)
{
	_cleanup_close_ int fd = control_open();
	struct dm_ioctl answer;
	int r = -ENODEV;

	if (fd < 0)
		return fd;
	request_init(&answer, sizeof(answer), 0);
	if (snprintf(answer.name, sizeof(answer.name), "%s", text) < (int)sizeof(answer.name))
		r = control_ask(fd, DM_DEV_STATUS, &answer);
	if (r < 0 || !is_ours(&answer))
		r = control_ask_wwid(fd, text, &answer);
	if (r < 0)
		return r;
	*ret = answer.dev;
	return 0;
}

/*
 * The first target's table line or status. Return: 0 and malloc'ed bytes that hold both answer and
 * text, negative errno.
 */
static int target_read(int fd, dev_t devt, uint32_t flags, struct dm_ioctl **answer,
		       uint64_t *sectors, char **text, char *type)
{
	for (size_t size = FIRST_SIZE; size <= LONGEST_SIZE; size *= 4) {
		_cleanup_free_ struct dm_ioctl *request = malloc(size);
		const struct dm_target_spec *target;
		int r;

		if (!request)
			return -ENOMEM;
		request_init(request, size, flags);
		request->dev = devt;
		r = control_ask(fd, DM_TABLE_STATUS, request);
		if (r < 0)
			return r;
		if (request->flags & DM_BUFFER_FULL_FLAG)
			continue;
		target = (const void *)((const char *)request + request->data_start);
		if (!is_ours(request) || request->target_count != 1)
			return -ENODEV;
		memcpy(type, target->target_type, DM_MAX_TYPE_NAME);
		*sectors = target->length;
		*text = (char *)(target + 1);
		*answer = TAKE_PTR(request);
		return 0;
	}
	return -E2BIG;
}

int mp_dm_ioctl_read(dev_t devt, struct mp_table *ret)
{
	_cleanup_free_ struct dm_ioctl *table = NULL, *status = NULL;
	_cleanup_(mp_table_fini) struct mp_table read = MP_TABLE_INIT;
	_cleanup_close_ int fd = control_open();
	char type[DM_MAX_TYPE_NAME];
	unsigned major, minor;
	const char *last;
	uint64_t sectors;
	char *text;
	int r;

	if (fd < 0)
		return fd;
	r = target_read(fd, devt, DM_STATUS_TABLE_FLAG, &table, &sectors, &text, type);
	/* A map that stands on others: the last word with a colon is the one with the paths. */
	if (r == 0 && strcmp(type, "multipath")) {
		last = strrchr(text, ':');
		while (last && last > text && last[-1] != ' ')
			last--;
		if (!last || sscanf(last, "%u:%u", &major, &minor) != 2)
			return -ENODEV;
		devt = makedev(major, minor);
		free(TAKE_PTR(table));
		r = target_read(fd, devt, DM_STATUS_TABLE_FLAG, &table, &sectors, &text, type);
		if (r == 0 && strcmp(type, "multipath"))
			r = -ENODEV;
	}
	if (r == 0)
		r = mp_table_parse(text, &read);
	if (r == 0)
		r = target_read(fd, devt, DM_NOFLUSH_FLAG, &status, &sectors, &text, type);
	if (r == 0)
		r = mp_table_parse_status(text, &read);
	if (r < 0)
		return r;
	read.size_sectors = sectors;
	*ret = read;
	read = (struct mp_table)MP_TABLE_INIT;
	return 0;
}

int mp_dm_ioctl_identify(dev_t devt, struct mp_dm_ioctl_map *ret)
{
	_cleanup_close_ int fd = control_open();
	struct dm_ioctl answer;
	int r;

	if (fd < 0)
		return fd;
	request_init(&answer, sizeof(answer), 0);
	answer.dev = devt;
	r = control_ask(fd, DM_DEV_STATUS, &answer);
	if (r < 0)
		return r;
	if (strncmp(answer.uuid, UUID_PREFIX, strlen(UUID_PREFIX)))
		return -ENODEV;
	snprintf(ret->name, sizeof(ret->name), "%.*s", DM_NAME_LEN, answer.name);
	snprintf(ret->wwid, sizeof(ret->wwid), "%.*s", DM_UUID_LEN - (int)strlen(UUID_PREFIX),
		 answer.uuid + strlen(UUID_PREFIX));
	return 0;
}

int mp_dm_ioctl_open(void)
{
	return control_open();
}

static int set_suspended(int fd, dev_t devt, uint32_t flags)
{
	struct dm_ioctl request;

	request_init(&request, sizeof(request), flags);
	request.dev = devt;
	return control_ask(fd, DM_DEV_SUSPEND, &request);
}

int mp_dm_ioctl_suspend(int fd, dev_t devt)
{
	int r;

	do
		r = set_suspended(fd, devt,
				  DM_SUSPEND_FLAG | DM_NOFLUSH_FLAG | DM_SKIP_LOCKFS_FLAG);
	while (r == -EINTR);
	return r;
}

int mp_dm_ioctl_resume(int fd, dev_t devt)
{
	return set_suspended(fd, devt, 0);
}

int mp_dm_ioctl_probe(void)
{
	_cleanup_close_ int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct dm_ioctl request;

	if (fd < 0)
		return -errno;
	request_init(&request, sizeof(request), 0);
	return control_ask(fd, DM_VERSION, &request);
}
