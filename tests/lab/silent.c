/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * silent.c - disks that stop answering one command, but nothing else: preloaded into a program, it
 * makes INQUIRY fail as on a lost path for each disk whose kernel name is a file in /run/silent,
 * and PERSISTENT RESERVE IN wait for as long as it is one in /run/mute. All other commands, and
 * I/O, reach the disk.
 */
#include <dlfcn.h>
#include <scsi/sg.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { INQUIRY = 0x12, PERSISTENT_RESERVE_IN = 0x5e, DID_NO_CONNECT = 1 };

static int is_in(const char *dir, int fd)
{
	char link[64], node[256], file[300];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, node, sizeof(node) - 1);
	if (n < 0)
		return 0;
	node[n] = '\0';
	snprintf(file, sizeof(file), "%s/%s", dir,
		 strrchr(node, '/') ? strrchr(node, '/') + 1 : node);
	return access(file, F_OK) == 0;
}

int ioctl(int fd, unsigned long request, ...)
{
	static int (*next)(int fd, unsigned long request, void *argument);
	va_list args;
	void *argument;
	sg_io_hdr_t *header;

	va_start(args, request);
	argument = va_arg(args, void *);
	va_end(args);
	if (!next)
		*(void **)&next = dlsym(RTLD_NEXT, "ioctl");
	header = argument;
	if (request != SG_IO || !header->cmdp)
		return next(fd, request, argument);
	while (header->cmdp[0] == PERSISTENT_RESERVE_IN && is_in("/run/mute", fd))
		usleep(100000);
	if (header->cmdp[0] != INQUIRY || !is_in("/run/silent", fd))
		return next(fd, request, argument);
	header->status = 0;
	header->host_status = DID_NO_CONNECT;
	header->driver_status = 0;
	header->sb_len_wr = 0;
	header->resid = (int)header->dxfer_len;
	header->info = SG_INFO_CHECK;
	return 0;
}
