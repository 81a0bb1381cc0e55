/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holder.h - finds the process that holds a name in the abstract socket namespace.  For: server. */
#pragma once
#include <stddef.h>
#include <sys/types.h>

struct holder {
	pid_t pid;
	uid_t uid;
	char command[16]; /* printable */
};

/**
 * holder_find_inode() - find the socket that is bound to a name
 * @text:	of /proc/net/unix
 * @name:	with a leading @
 *
 * Sockets accepted by it have the same name; they are skipped. Source:
 * proc_pid_net(5).
 * Return: inode number, 0 if there is none.
 */
unsigned long holder_find_inode(const char *text, const char *name);

/**
 * holder_find() - find the process that listens there, or else the first one that has it open
 * @limit_msec:	limits the search, because users control the number of sockets and descriptors
 *
 * Return: 0, -ESRCH.
 */
int holder_find(const char *name, unsigned limit_msec, struct holder *ret);
