/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* socket.h - system calls on Unix sockets, whose peers are not trusted.  For: server. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * socket_listen() - bind a stream socket and listen, without waiting
 * @name:	a file, replacing an existing socket; or an abstract name, with a leading @
 * @mode:	of the file
 *
 * Return: descriptor, negative errno: -EADDRINUSE, -ENAMETOOLONG and others.
 */
int socket_listen(const char *name, mode_t mode);

/**
 * socket_refuse_descriptors() - keep peers of a listener's connections from attaching descriptors;
 * needs Linux 6.16
 */
void socket_refuse_descriptors(int listener_fd);

/** socket_peer_uid() - of the process that connected; (uid_t)-1 if unknown */
uid_t socket_peer_uid(int fd);

/**
 * socket_limit() - of a user's connection: keep few bytes of unread answers in the kernel, and take
 * an urgent byte for a byte like any other, as socket_peek() does not pass one that is not
 */
void socket_limit(int fd);

/**
 * socket_peek() - read without taking it, and without waiting
 *
 * Return: bytes that may be read, 0 at the end, -1 and errno: EBADMSG if descriptors are attached.
 */
ssize_t socket_peek(int fd, void *data, size_t size);

/**
 * socket_closes_at_once() - end the connection; Return: true if close() cannot block, as the peer
 * has attached no descriptors
 */
bool socket_closes_at_once(int fd);
