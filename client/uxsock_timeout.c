/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/uxsock_timeout.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char blanks[] = " \t\"";

static unsigned int line_read(char *line)
{
	static const char keyword[] = "uxsock_timeout";
	char *value = line + strspn(line, " \t");
	unsigned long number;

	if (strncmp(value, keyword, sizeof(keyword) - 1))
		return 0;
	value += sizeof(keyword) - 1;
	if (!*value || !strchr(blanks, *value))
		return 0;
	value += strspn(value, blanks);
	if (*value < '0' || *value > '9')
		return 0;
	number = strtoul(value, NULL, 10);
	return number > INT_MAX / 2 ? INT_MAX / 2 : number;
}

static unsigned int file_read(int dir_fd, const char *name)
{
	unsigned int longest = 0, found;
	char line[512];
	FILE *stream;
	int fd;

	fd = openat(dir_fd, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	stream = fdopen(fd, "r");
	if (!stream) {
		close(fd);
		return 0;
	}
	while (fgets(line, sizeof(line), stream)) {
		found = line_read(line);
		longest = found > longest ? found : longest;
	}
	fclose(stream);
	return longest;
}

unsigned int uxsock_timeout_read(const char *file, const char *dir)
{
	unsigned int longest = file_read(AT_FDCWD, file), found;
	struct dirent *entry;
	DIR *stream;

	stream = opendir(dir);
	while (stream && (entry = readdir(stream))) {
		const char *suffix = strrchr(entry->d_name, '.');

		if (!suffix || strcmp(suffix, ".conf"))
			continue;
		found = file_read(dirfd(stream), entry->d_name);
		longest = found > longest ? found : longest;
	}
	if (stream)
		closedir(stream);
	return longest > UXSOCK_TIMEOUT_DEFAULT_MSEC ? longest : UXSOCK_TIMEOUT_DEFAULT_MSEC;
}
