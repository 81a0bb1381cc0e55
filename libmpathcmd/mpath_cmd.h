/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mpath_cmd.h - talk to multipathd over its socket.  Public: any program; thread-safe, keeps no
 * state.
 */
#ifndef LIB_MPATH_CMD_H
#define LIB_MPATH_CMD_H

#include <stddef.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the daemon gives itself for a command, unless uxsock_timeout says more; in milliseconds. */
#define DEFAULT_REPLY_TIMEOUT 4000
/* Replies are shorter than this. */
#define MAX_REPLY_LEN (32 * 1024 * 1024)

/*
 * Failure is -1 and errno. Timeouts are in milliseconds and count anew whenever something arrives;
 * when one passes, errno is ETIMEDOUT. A connection that ends early is EIO. No call raises SIGPIPE.
 */

/**
 * mpath_connect() - connect to the daemon
 *
 * The addresses are /run/multipathd.root.socket, which is root's, /run/multipathd.socket, then
 * @/org/kernel/linux/storage/multipathd; the environment variable MULTIPATH_SOCKET_NAME replaces
 * them (a leading @ means the abstract name space), except in programs that run with another user's
 * rights. Any user can take an abstract name while no daemon has it: if another user than root, or
 * than the caller's own, listens there, errno is EPERM.
 * Return: descriptor, the caller hands it to mpath_disconnect().
 */
int mpath_connect(void);

/**
 * mpath_connect__() - connect, optionally without waiting
 * @nonblocking:	if not 0, a daemon that is too busy to accept gives EAGAIN at once
 *
 * Return: descriptor, in blocking mode either way.
 */
int mpath_connect__(int nonblocking);

/** mpath_disconnect() - close the connection. Return: 0. */
int mpath_disconnect(int fd);

/**
 * mpath_process_cmd() - send a command and wait for its reply
 * @reply:	malloc'ed NUL-terminated text, caller frees; NULL on failure
 */
int mpath_process_cmd(int fd, const char *cmd, char **reply, unsigned int timeout);

/** mpath_send_cmd() - send one command; NULL announces an empty one */
int mpath_send_cmd(int fd, const char *cmd);

/**
 * mpath_recv_reply_len() - length of the next reply, its final NUL included
 *
 * Return: bytes that mpath_recv_reply_data() then reads; ERANGE if 0 or MAX_REPLY_LEN and more are
 * announced.
 */
ssize_t mpath_recv_reply_len(int fd, unsigned int timeout);

/**
 * mpath_recv_reply_data() - read the text of a reply
 * @reply:	room for @len bytes; its last byte becomes NUL
 */
int mpath_recv_reply_data(int fd, char *reply, size_t len, unsigned int timeout);

/** mpath_recv_reply() - mpath_recv_reply_len() and mpath_recv_reply_data() into malloc'ed memory */
int mpath_recv_reply(int fd, char **reply, unsigned int timeout);

/** __mpath_connect() - the name that mpath_connect__() had first */
int __mpath_connect(int nonblocking);

#ifdef __cplusplus
}
#endif
#endif
