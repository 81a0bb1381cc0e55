/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * address.h - where multipathd listens.  For: libmpathcmd, the daemon's listener, the front ends;
 * libc only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Root's alone: no crowd of users is in front of root there. */
#define MP_ADDRESS_ROOT RUNTIME_DIR "/multipathd.root.socket"
#define MP_ADDRESS_FILE RUNTIME_DIR "/multipathd.socket"
#define MP_ADDRESS_ABSTRACT "@/org/kernel/linux/storage/multipathd"
/* Environment variable that replaces all of them. */
#define MP_ADDRESS_VARIABLE "MULTIPATH_SOCKET_NAME"

#define MP_ADDRESS_MAX 3

struct mp_address {
	struct sockaddr_un name;
	socklen_t length; /* of an abstract name: without a trailing NUL */
	bool anybodys; /* any user may listen there, while the daemon does not */
};

/**
 * mp_address_parse() - a socket's address from its name
 * @text:	file name, or @ and an abstract name
 * @ret:	written on success only
 *
 * Return: 0, -EINVAL if @text is empty, -ENAMETOOLONG.
 */
int mp_address_parse(const char *text, struct mp_address *ret);

/**
 * mp_address_list() - every address to try, in the client's order
 * @override:	value of MULTIPATH_SOCKET_NAME, or NULL; empty counts as NULL
 * @ret:	room for MP_ADDRESS_MAX
 *
 * Return: how many were written, or as mp_address_parse().
 */
int mp_address_list(const char *override, struct mp_address *ret);

/**
 * mp_address_connect() - connect to the daemon, and to no other process
 * @flags:		0 or SOCK_NONBLOCK, which stays set on the descriptor
 * @timeout_msec:	longest wait to be accepted, and for each later send; 0 for no bound
 *
 * Who listens must be root (or the caller's own user, who can only fool himself).
 *
 * Return: descriptor, or negative errno: -EAGAIN if the daemon listens but is too busy, -EPERM if
 * another user's process listens instead, or may be the one that is too busy.
 */
int mp_address_connect(int flags, unsigned int timeout_msec);
