/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * invocation.h - is multipathd called as the daemon or as its client?  For: front.c; pure, libc
 * only.
 */
#pragma once

enum invocation_kind {
	INVOCATION_DAEMON, /* or wrong options: the daemon's program says which */
	INVOCATION_SHELL,
	INVOCATION_COMMAND,
	INVOCATION_TOO_LARGE,
};

/* Longest command made of words, its NUL included. */
#define INVOCATION_COMMAND_SIZE 160

struct invocation {
	enum invocation_kind kind;
	/* for INVOCATION_COMMAND: borrowed from argv or from @words */
	const char *command;
	char words[INVOCATION_COMMAND_SIZE];
};

/**
 * invocation_parse() - read the command line
 * @argv:	left as it is
 * @ret:	must stay where it is while @command is used
 */
void invocation_parse(int argc, char *const argv[], struct invocation *ret);
