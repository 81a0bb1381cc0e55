/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/loop/holder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

static const char state_unconnected[] = "01"; /* bound, or listening: SS_UNCONNECTED */

enum { TEXT_MAX = 8 << 20 };

unsigned long holder_find_inode(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *line = text, *end; *line; line = *end ? end + 1 : end) {
		unsigned long inode;
		char state[3];
		int used = 0;

		end = strchrnul(line, '\n');
		/* Num: RefCount Protocol Flags Type St Inode Path */
		if (sscanf(line, "%*[^:\n]: %*8s %*8s %*8s %*4s %2s %lu %n", state, &inode,
			   &used) != 2 ||
		    !used || line + used > end)
			continue;
		if (!strcmp(state, state_unconnected) && (size_t)(end - (line + used)) == length &&
		    !memcmp(line + used, name, length))
			return inode;
	}
	return 0;
}

/* Up to TEXT_MAX bytes, as far as they arrive in time. */
static char *read_text(const char *file, uint64_t end_msec)
{
	_cleanup_close_ int fd = open(file, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *text = NULL;
	size_t used = 0, room = 16384;
	ssize_t count;

	if (fd < 0)
		return NULL;
	do {
		char *grown = realloc(text, room *= 2);

		if (!grown)
			return NULL;
		text = grown;
		while (mp_clock_msec() < end_msec &&
		       (count = read(fd, text + used, room - used - 1)) > 0)
			used += count;
	} while (used == room - 1 && room < TEXT_MAX);
	text[used] = '\0';
	return TAKE_PTR(text);
}

static bool process_has(const char *pid, const char *socket, uint64_t end_msec)
{
	char dir[64], link[64];
	struct dirent *entry;
	bool found = false;
	DIR *stream;

	snprintf(dir, sizeof(dir), "/proc/%.16s/fd", pid);
	stream = opendir(dir);
	while (stream && !found && mp_clock_msec() < end_msec && (entry = readdir(stream))) {
		ssize_t length = readlinkat(dirfd(stream), entry->d_name, link, sizeof(link) - 1);

		link[length < 0 ? 0 : length] = '\0';
		found = !strcmp(link, socket);
	}
	if (stream)
		closedir(stream);
	return found;
}

/* The process chooses its name. */
static void read_command(pid_t pid, char *command, size_t size)
{
	_cleanup_close_ int fd = -1;
	char file[64];
	ssize_t length;

	snprintf(file, sizeof(file), "/proc/%d/comm", (int)pid);
	fd = open(file, O_RDONLY | O_CLOEXEC);
	length = fd < 0 ? 0 : read(fd, command, size - 1);
	command[length < 0 ? 0 : length] = '\0';
	command[strcspn(command, "\n")] = '\0';
	for (; *command; command++)
		if (*command < ' ' || *command > '~')
			*command = '?';
}

/* Any client that connects can find out which process listens. */
static int ask_listener(const char *name, struct holder *ret)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(name);
	socklen_t size = sizeof(struct ucred);
	struct ucred peer;

	if (fd < 0 || length > sizeof(address.sun_path))
		return -EINVAL;
	memcpy(address.sun_path + 1, name + 1, length - 1);
	if (connect(fd, (struct sockaddr *)&address,
		    offsetof(struct sockaddr_un, sun_path) + length) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	ret->pid = peer.pid;
	ret->uid = peer.uid;
	return 0;
}

/*
 * A process that does not listen, or accepts no connection, still has the socket open. Other users'
 * descriptors are shown to CAP_SYS_PTRACE only, which the daemon does not have in its systemd unit.
 */
static int search_processes(const char *name, unsigned limit_msec, struct holder *ret)
{
	uint64_t end_msec = mp_clock_msec() + limit_msec;
	_cleanup_free_ char *text = read_text("/proc/net/unix", end_msec);
	unsigned long inode = text ? holder_find_inode(text, name) : 0;
	struct dirent *entry;
	char socket[64], dir[64];
	struct stat st;
	int r = -ESRCH;
	DIR *stream;

	if (!inode)
		return r;
	snprintf(socket, sizeof(socket), "socket:[%lu]", inode);
	stream = opendir("/proc");
	while (stream && r < 0 && mp_clock_msec() < end_msec && (entry = readdir(stream))) {
		if (*entry->d_name < '1' || *entry->d_name > '9' ||
		    !process_has(entry->d_name, socket, end_msec))
			continue;
		snprintf(dir, sizeof(dir), "/proc/%.16s", entry->d_name);
		ret->uid = stat(dir, &st) == 0 ? st.st_uid : (uid_t)-1;
		ret->pid = atoi(entry->d_name);
		r = 0;
	}
	if (stream)
		closedir(stream);
	return r;
}

int holder_find(const char *name, unsigned limit_msec, struct holder *ret)
{
	int r = ask_listener(name, ret);

	if (r < 0)
		r = search_processes(name, limit_msec, ret);
	if (r == 0)
		read_command(ret->pid, ret->command, sizeof(ret->command));
	return r;
}
