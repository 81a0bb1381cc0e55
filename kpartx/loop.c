/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kpartx/loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"

enum {
	ATTACH_TRIES = 64, /* others may take the free device that the kernel names */
	LOCK_LOOK_MSEC = 50,
	LOCK_LOOKS = 60,
};

void loop_fini(struct loop *loop)
{
	if (loop->fd >= 0)
		close(loop->fd);
	*loop = (struct loop)LOOP_INIT;
}

static int open_device(const char *name, int flags, struct loop *ret)
{
	loop_fini(ret);
	snprintf(ret->device, sizeof(ret->device), "/dev/%.20s", name);
	ret->fd = open(ret->device, flags | O_CLOEXEC);
	return ret->fd < 0 ? -errno : 0;
}

static bool shows(int fd, const struct stat *file)
{
	struct loop_info64 info = { 0 };

	return ioctl(fd, LOOP_GET_STATUS64, &info) == 0 && info.lo_device == file->st_dev &&
	       info.lo_inode == file->st_ino && !info.lo_offset && !info.lo_sizelimit;
}

static void dir_closep(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

int loop_find(const struct stat *file, struct loop *ret)
{
	_cleanup_(dir_closep) DIR *dir = opendir("/sys/block");
	struct dirent *entry;

	if (!dir)
		return -errno;
	while ((entry = readdir(dir))) {
		char backing[300];

		if (strncmp(entry->d_name, "loop", 4))
			continue;
		snprintf(backing, sizeof(backing), "/sys/block/%s/loop/backing_file",
			 entry->d_name);
		if (access(backing, F_OK) == 0 && open_device(entry->d_name, O_RDONLY, ret) == 0 &&
		    shows(ret->fd, file))
			return 0;
	}
	loop_fini(ret);
	return -ENOENT;
}

int loop_lock(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	/*
	 * Not for ever: whoever has the lock may be who started this program. Not everywhere is
	 * there a lock, either.
	 */
	for (int i = 0;
	     fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK && i < LOCK_LOOKS;
	     i++)
		poll(NULL, 0, LOCK_LOOK_MSEC);
	return fd;
}

static bool has_gpt_at(int fd, off_t offset)
{
	char signature[8];

	return pread(fd, signature, sizeof(signature), offset) == sizeof(signature) &&
	       !memcmp(signature, "EFI PART", sizeof(signature));
}

/*
 * Sectors of the disk that the image is of: a GPT begins in the second one, its backup is the last
 * one.
 */
static unsigned image_sector_bytes(int fd)
{
	struct stat file;
	off_t end = fstat(fd, &file) < 0 ? 0 : file.st_size;

	if (has_gpt_at(fd, 512) || has_gpt_at(fd, end - 512))
		return 512;
	return has_gpt_at(fd, 4096) || (end % 4096 == 0 && has_gpt_at(fd, end - 4096)) ? 4096 : 512;
}

/* Before 5.8 the kernel took the parts one by one. */
static int configure_in_parts(int fd, const struct loop_config *config)
{
	int r;

	if (ioctl(fd, LOOP_SET_FD, config->fd) < 0)
		return -errno;
	if (ioctl(fd, LOOP_SET_STATUS64, &config->info) < 0 ||
	    (config->block_size != 512 &&
	     ioctl(fd, LOOP_SET_BLOCK_SIZE, (unsigned long)config->block_size) < 0)) {
		r = -errno;
		ioctl(fd, LOOP_CLR_FD, 0);
		return r;
	}
	return 0;
}

static int configure(int fd, const struct loop_config *config)
{
	if (ioctl(fd, LOOP_CONFIGURE, config) == 0)
		return 0;
	return errno == EINVAL || errno == ENOTTY || errno == ENOSYS ?
		       configure_in_parts(fd, config) :
		       -errno;
}

static int take_free_device(int control, const struct loop_config *config, struct loop *ret)
{
	char name[24];
	int r, number;

	for (int i = 0; i < ATTACH_TRIES; i++) {
		number = ioctl(control, LOOP_CTL_GET_FREE);
		if (number < 0)
			return -errno;
		snprintf(name, sizeof(name), "loop%d", number);
		r = open_device(name,
				config->info.lo_flags & LO_FLAGS_READ_ONLY ? O_RDONLY : O_RDWR,
				ret);
		if (r == 0)
			r = configure(ret->fd, config);
		if (r != -EBUSY)
			return r;
	}
	return -EBUSY;
}

int loop_attach(const char *file, bool read_only, struct loop *ret)
{
	_cleanup_close_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	_cleanup_close_ int image = -1;
	struct loop_config config = { .info.lo_flags = LO_FLAGS_AUTOCLEAR };
	int r;

	if (control < 0)
		return -errno;
	if (!read_only)
		image = open(file, O_RDWR | O_CLOEXEC);
	if (image < 0) {
		image = open(file, O_RDONLY | O_CLOEXEC);
		config.info.lo_flags |= LO_FLAGS_READ_ONLY;
	}
	if (image < 0)
		return -errno;
	config.fd = image;
	config.block_size = image_sector_bytes(image);
	snprintf((char *)config.info.lo_file_name, sizeof(config.info.lo_file_name), "%s", file);
	r = take_free_device(control, &config, ret);
	if (r < 0)
		loop_fini(ret);
	else
		ret->is_new = true;
	return r;
}

bool loop_is_held(const struct loop *loop)
{
	_cleanup_(dir_closep) DIR *dir = NULL;
	struct dirent *entry;
	char name[64];

	snprintf(name, sizeof(name), "/sys/block/%s/holders", loop->device + strlen("/dev/"));
	dir = opendir(name);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			return true;
	return false;
}

int loop_keep(struct loop *loop)
{
	struct loop_info64 info = { 0 };

	if (ioctl(loop->fd, LOOP_GET_STATUS64, &info) < 0)
		return -errno;
	info.lo_flags &= ~LO_FLAGS_AUTOCLEAR;
	if (ioctl(loop->fd, LOOP_SET_STATUS64, &info) < 0)
		return -errno;
	loop->is_new = false;
	return 0;
}

int loop_detach(struct loop *loop)
{
	return ioctl(loop->fd, LOOP_CLR_FD, 0) < 0 ? -errno : 0;
}
