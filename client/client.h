/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client.h - one question to the daemon and its reply.  For: the static front ends; libc and
 * libmpathcmd only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

/* Replies up to this size need no heap, so no system call for it. */
#define CLIENT_REPLY_INLINE (256 * 1024)

struct client_reply {
	char *text; /* NUL-terminated */
	size_t length; /* without the NUL */
	char inline_text[CLIENT_REPLY_INLINE];
};

#define CLIENT_FAIL_LINE "fail\n"

/**
 * client_connect() - connect, waiting no longer than for a reply
 *
 * Return: descriptor or negative errno: -EPERM if another user's process has taken the daemon's
 * name.
 */
int client_connect(void);

/** client_complain() - that there is no connection, on standard error */
void client_complain(int error);

/**
 * client_ask() - send a command and wait for the reply as long as uxsock_timeout allows
 * @reply:	written on success only; client_reply_fini() it then
 *
 * Return: 0, -ETIMEDOUT, -EPIPE and the like if the command could not be sent, -EIO if the daemon
 * hung up, -ERANGE if the reply is too long. Positive never.
 */
int client_ask(int fd, const char *command, struct client_reply *reply);

/** client_send() - the first half of client_ask(): send the command */
int client_send(int fd, const char *command);
/** client_receive() - the second half of client_ask(): wait for the reply */
int client_receive(int fd, struct client_reply *reply);

/** client_reply_fini() - free the text of a long reply */
void client_reply_fini(struct client_reply *reply);

/** client_is_failure() - true if the first line of a reply is "fail" */
bool client_is_failure(const char *text);

/**
 * client_print() - write all of a reply, or of another text from elsewhere
 * @text:	is changed if @fd is a terminal: control characters are replaced
 *
 * Return: 0 or negative errno.
 */
int client_print(int fd, char *text, size_t length);

/**
 * client_write() - write all of it, whatever the descriptor's mode. Return: 0 or negative errno.
 */
int client_write(int fd, const char *text, size_t length);
/** client_puts() - as client_write(), up to the NUL */
int client_puts(int fd, const char *text);
