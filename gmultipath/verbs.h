/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * verbs.h - gmultipath's commands.  For: a worker of the daemon, or gmultipath itself if none runs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mp_strbuf;

/* The caller of a command, and what it knows. */
struct verbs_caller {
	bool watches; /* true for the daemon, which watches the maps */
	const dev_t *silent; /* unresponsive devices: not accessed */
	size_t silent_count;
};

/**
 * verbs_run() - run one command
 * @words:	verb and arguments
 * @out, @err:	text to print
 *
 * May block, unless the command changes nothing. Return: exit status.
 */
int verbs_run(const char *const *words, size_t count, const struct verbs_caller *caller,
	      struct mp_strbuf *out, struct mp_strbuf *err);

/** verbs_check() - Return: true for a valid command line; @err: what was expected otherwise */
bool verbs_check(const char *const *words, size_t count, struct mp_strbuf *err);

/* Disks that a command accesses, and so waits for. */
enum verbs_disks {
	VERBS_NO_DISK = 0,
	VERBS_NAMED_DISKS = 1,
	VERBS_DISKS_OF_MAP = 2,
	VERBS_EVERY_DISK = 4,
	/* of the map; for urgent commands only when the last good path fails */
	VERBS_FAILED_DISKS = 8,
};

/**
 * verbs_disks() - Return: enum verbs_disks, combined by |
 * @map:	index of the word that names the map
 * @first:	index of the word that names the first disk
 */
unsigned verbs_disks(const char *const *words, size_t count, size_t *map, size_t *first);

/** verbs_reply() - encode status and both texts as one reply */
void verbs_reply(int status, const struct mp_strbuf *out, const struct mp_strbuf *err,
		 struct mp_strbuf *reply);

/**
 * verbs_reply_parse() - @out_length: of the text for standard output; that for standard error
 * follows.
 * Return: start of the former, NULL if @reply is not one of verbs_reply().
 */
const char *verbs_reply_parse(const char *reply, int *status, size_t *out_length);

/** verbs_usage() - the syntax of all verbs, one line each */
void verbs_usage(struct mp_strbuf *text);

/**
 * verbs_is_urgent() - Return: true if the verb only sends messages to one map, so that it need not
 * wait for other commands
 */
bool verbs_is_urgent(const char *verb);

/** verbs_changes() - Return: true if the verb may change something. Others access no disk. */
bool verbs_changes(const char *verb);
