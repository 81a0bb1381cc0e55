/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/sysfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

static int attribute_open(const char *root, const char *dir, const char *attribute, int flags)
{
	char file[MP_SYSFS_FILE_SIZE];
	int fd, length = snprintf(file, sizeof(file), "%s/%s/%s", root, dir, attribute);

	if (length < 0 || (size_t)length >= sizeof(file))
		return -ENAMETOOLONG;
	fd = open(file, flags | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : fd;
}

ssize_t mp_sysfs_read_bytes(const char *root, const char *dir, const char *attribute, void *data,
			    size_t size)
{
	_cleanup_close_ int fd = attribute_open(root, dir, attribute, O_RDONLY);
	ssize_t count;

	if (fd < 0)
		return fd;
	count = read(fd, data, size); /* sysfs yields an attribute whole in one read */
	return count < 0 ? -errno : count;
}

ssize_t mp_sysfs_read(const char *root, const char *dir, const char *attribute, char *text,
		      size_t size)
{
	ssize_t length = mp_sysfs_read_bytes(root, dir, attribute, text, size - 1);

	if (length < 0)
		return length;
	while (length && strchr(" \t\n", text[length - 1]))
		length--;
	text[length] = '\0';
	return length;
}

int mp_sysfs_read_number(const char *root, const char *dir, const char *attribute, uint64_t *ret)
{
	unsigned long long value;
	char text[32];
	ssize_t length = mp_sysfs_read(root, dir, attribute, text, sizeof(text));

	if (length < 0)
		return length;
	if (length == 0 || length == sizeof(text) - 1) /* none, or cut */
		return -EBADMSG;
	if ((size_t)length != strspn(text, "0123456789")) /* strtoull() takes a sign, too */
		return -EBADMSG;
	errno = 0;
	value = strtoull(text, NULL, 10);
	if (errno)
		return -EBADMSG;
	*ret = value;
	return 0;
}

int mp_sysfs_write(const char *root, const char *dir, const char *attribute, const char *value)
{
	_cleanup_close_ int fd = attribute_open(root, dir, attribute, O_WRONLY);
	char line[128];
	/* some attributes insist on the newline */
	int length = snprintf(line, sizeof(line), "%s\n", value);

	if (fd < 0)
		return fd;
	if ((size_t)length >= sizeof(line))
		return -EINVAL;
	return write(fd, line, length) < 0 ? -errno : 0;
}
