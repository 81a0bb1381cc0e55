/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/log.h"

#define PID_FILE RUNTIME_DIR "/multipathd.pid"

/*
 * Other programs read the pid file as root, and it is written as root, so it must belong to root
 * and not be a link. Any user who can read it can lock it for reading and block this daemon; then
 * it is replaced.
 */
static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == 0 && st.st_nlink <= 1;
}

static bool is_named(int fd, const char *name)
{
	struct stat opened, named;

	return fstat(fd, &opened) == 0 && lstat(name, &named) == 0 &&
	       named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

/*
 * Return: 1 if locked, 0 if it was removed in the meantime, -EAGAIN if another daemon runs, -EBADF
 * if it must be replaced.
 */
static int pid_file_take(int fd, const char *name)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (!is_regular(fd))
		return -EBADF;
	if (fcntl(fd, F_SETLK, &lock) == 0)
		return is_named(fd, name);
	if (errno != EACCES && errno != EAGAIN)
		return -errno;
	return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type == F_RDLCK ? -EBADF : -EAGAIN;
}

int pid_file_lock(void)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", (int)getpid());

	for (int tries = 0; tries < 10; tries++) {
		_cleanup_close_ int fd =
			open(PID_FILE,
			     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
			     0644);
		int r = fd < 0 ? (errno == ELOOP ? -EBADF : -errno) : pid_file_take(fd, PID_FILE);

		if (r == -EBADF) {
			log_warning(PID_FILE
				    " is a symbolic link or locked for reading, replacing it");
			unlink(PID_FILE);
			continue;
		}
		if (r < 0)
			return r;
		if (r == 0)
			continue;
		if (ftruncate(fd, 0) < 0 || fchmod(fd, 0644) < 0 ||
		    pwrite(fd, text, length, 0) != length)
			return -errno;
		return TAKE_FD(fd);
	}
	return -EBUSY;
}

void pid_file_remove(void)
{
	unlink(PID_FILE);
}
