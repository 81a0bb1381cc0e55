/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * delegation.h - commands that multipath(8) delegates to the daemon.  For: front.c;
 * pure, libc only.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct arguments;
struct target;

/* A request's limit, its NUL included. */
#define DELEGATION_COMMAND_SIZE 512

/**
 * delegation_format() - the command for the daemon
 * @bold:	is standard output a terminal?
 * @command:	DELEGATION_COMMAND_SIZE bytes, written on success only
 *
 * Return: 0, or -ENOENT if this is nothing for the daemon.
 */
int delegation_format(const struct arguments *arguments, const struct target *target, bool bold,
		      char *command);

/**
 * delegation_format_notes() - ask for the warnings about the configuration; sent before the
 * command
 */
void delegation_format_notes(const struct arguments *arguments, char *command);

/**
 * delegation_next_note() - next line of its reply
 * @rest:	the reply, then the rest of it
 * @level:	of log.h, written if there is a line
 * @length:	of the line, which is not terminated
 *
 * Return: the line; NULL if there is none, or if the daemon does not know the command.
 */
const char *delegation_next_note(const char **rest, int *level, size_t *length);

enum delegation_result {
	DELEGATION_DONE,
	DELEGATION_FAILED, /* a retry may help */
	DELEGATION_LOCAL, /* not done; there is neither status nor text */
};

struct delegation_answer {
	enum delegation_result result;
	int status; /* to exit with */
	const char *text; /* to print; a part of the reply */
};

/** delegation_read() - what the daemon's reply to the delegated command means */
struct delegation_answer delegation_read(const struct arguments *arguments, const char *reply);

/** delegation_retries() - remove_retries in a printed configuration, 0 if it is not there */
int delegation_retries(const char *config);
