/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipath/target.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct target target_parse(const char *text)
{
	struct target target = { 0 };

	if (!text)
		return target;
	if (sscanf(text, "%u:%u", &target.major, &target.minor) == 2) {
		target.kind = TARGET_NUMBER;
	} else if (*text && !strchr(text, '/')) {
		target = (struct target){ .kind = TARGET_NAME, .name = text };
	} else {
		target.kind = TARGET_INVALID;
	}
	return target;
}

/* By sysfs: the device itself is not opened. */
static void number_read(struct target *target)
{
	char file[300], text[32];
	ssize_t length;
	int fd;

	if (snprintf(file, sizeof(file), "/sys/class/block/%s/dev", target->name) >=
	    (int)sizeof(file))
		return;
	fd = open(file, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[length < 0 ? 0 : length] = '\0';
	if (sscanf(text, "%u:%u", &target->major, &target->minor) != 2)
		target->major = target->minor = 0;
}

struct target target_resolve(const char *text)
{
	struct target target;
	struct stat node;

	if (text && stat(text, &node) == 0 && S_ISBLK(node.st_mode))
		return (struct target){ TARGET_NODE, major(node.st_rdev), minor(node.st_rdev),
					NULL };
	target = target_parse(text);
	if (target.kind == TARGET_NAME && strcmp(text, ".") && strcmp(text, ".."))
		number_read(&target);
	return target;
}

bool target_is_dm(const struct target *target)
{
	char dir[64];

	snprintf(dir, sizeof(dir), "/sys/dev/block/%u:%u/dm", target->major, target->minor);
	return target_has_number(target) && access(dir, F_OK) == 0;
}
