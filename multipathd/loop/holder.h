/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holder.h - which process has a name of the abstract socket name space.  For: server. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct holder {
	pid_t pid;
	uid_t uid;
	char command[16]; /* printable */
};

/**
 * holder_find_inode() - the socket that is bound to a name
 * @text:	of /proc/net/unix
 * @name:	with a leading @
 *
 * Sockets that were accepted by it have the same name; they are passed over. Source:
 * proc_pid_net(5).
 * Return: inode number, 0 if there is none.
 */
unsigned long holder_find_inode(const char *text, const char *name);

/**
 * holder_find() - the process that listens there, or else the first one found that has it open
 * @limit_msec:	of that search: users decide how many sockets and descriptors there are to look at
 *
 * Return: 0, -ESRCH.
 */
int holder_find(const char *name, unsigned limit_msec, struct holder *ret);
