/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/state_file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lock.h"
#include "base/strbuf.h"

enum { READ_SIZE = 64 << 10 };

/* "\xHH", except of the byte that no text has. */
static bool is_escape(const char *text)
{
	return text[0] == '\\' && text[1] == 'x' && isxdigit((unsigned char)text[2]) &&
	       isxdigit((unsigned char)text[3]) && (text[2] != '0' || text[3] != '0');
}

void mp_state_word_put(struct mp_strbuf *buf, const char *word, const char *special)
{
	for (; *word; word++)
		if (*word == '\n' || strchr(special, *word) || is_escape(word))
			mp_strbuf_printf(buf, "\\x%02x", (unsigned char)*word);
		else
			mp_strbuf_putc(buf, *word);
}

void mp_state_word_decode(char *word)
{
	char *to = word;

	while (*word) {
		if (is_escape(word)) {
			const char digits[] = { word[2], word[3], '\0' };

			*to++ = strtoul(digits, NULL, 16);
			word += 4;
		} else {
			*to++ = *word++;
		}
	}
	*to = '\0';
}

static int file_path(const char *dir, const char *name, char ret[static PATH_MAX])
{
	return snprintf(ret, PATH_MAX, "%s/%s", dir, name) < PATH_MAX ? 0 : -ENAMETOOLONG;
}

int mp_state_dir_make(const char *dir)
{
	_cleanup_free_ char *path = strdup(dir);

	if (!path)
		return -ENOMEM;
	for (char *p = path; *p; p++) {
		if (*p != '/' || p == path)
			continue;
		*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : 0;
}

/* Is the open file still the one of that name? */
static int is_current(int fd, const char *path)
{
	struct stat opened, named;

	if (fstat(fd, &opened) < 0)
		return -errno;
	if (stat(path, &named) < 0)
		return errno == ENOENT ? 0 : -errno;
	return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

int mp_state_file_open(const char *dir, const char *name)
{
	return mp_state_file_open_within(dir, name, MP_STATE_FILE_WAIT_MSEC);
}

int mp_state_file_open_within(const char *dir, const char *name, unsigned limit_msec)
{
	char path[PATH_MAX];
	int r;

	r = file_path(dir, name, path);
	if (r < 0)
		return r;
	r = mp_state_dir_make(dir);
	if (r < 0)
		return r;

	/* Who held the lock may have replaced the file meanwhile. */
	for (;;) {
		_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0600);

		if (fd < 0)
			return -errno;
		r = mp_lock_take(&(struct mp_lock){ .fd = fd }, limit_msec);
		if (r < 0)
			return r;
		r = is_current(fd, path);
		if (r < 0)
			return r;
		if (r > 0)
			return TAKE_FD(fd);
	}
}

int mp_state_file_read(int fd, struct mp_strbuf *ret)
{
	_cleanup_free_ char *chunk = malloc(READ_SIZE);
	ssize_t n;

	if (!chunk)
		return -ENOMEM;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((n = read(fd, chunk, READ_SIZE)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		mp_strbuf_add(ret, chunk, n);
	}
	return ret->error;
}

int mp_state_file_load(const char *dir, const char *name, struct mp_strbuf *ret)
{
	_cleanup_close_ int fd = -1;
	char path[PATH_MAX];
	int r;

	r = file_path(dir, name, path);
	if (r < 0)
		return r;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	return mp_state_file_read(fd, ret);
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		text += n;
		length -= n;
	}
	return 0;
}

int mp_state_file_append(int fd, const char *text, size_t length)
{
	off_t end = lseek(fd, 0, SEEK_END);
	int r;

	if (end < 0)
		return -errno;
	r = write_all(fd, text, length);
	if (r == 0 && fsync(fd) < 0)
		r = -errno;
	if (r < 0 && ftruncate(fd, end) < 0)
		return r; /* readers must cope with a line that is cut short */
	return r;
}

static int sync_dir(const char *dir)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

static int write_new(const char *temporary, const char *text, size_t length)
{
	_cleanup_close_ int fd = -1;
	int r;

	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text, length);
	if (r < 0)
		return r;
	return fsync(fd) < 0 ? -errno : 0;
}

int mp_state_file_replace(const char *dir, const char *name, const char *text, size_t length)
{
	char path[PATH_MAX], temporary[PATH_MAX];
	_cleanup_free_ char *target = NULL;
	int r;

	r = file_path(dir, name, path);
	if (r < 0)
		return r;
	target = realpath(path, NULL);
	if (!target)
		return -errno;
	if (snprintf(temporary, sizeof(temporary), "%s.new", target) >= (int)sizeof(temporary))
		return -ENAMETOOLONG;

	r = write_new(temporary, text, length);
	if (r == 0 && rename(temporary, target) < 0)
		r = -errno;
	if (r < 0) {
		unlink(temporary);
		return r;
	}
	*strrchr(target, '/') = '\0';
	return sync_dir(*target ? target : "/");
}
