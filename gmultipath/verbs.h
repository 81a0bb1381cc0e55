/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * verbs.h - gmultipath's commands.  For: gmultipath, on a worker of the daemon or in a process of
 * its own.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct mp_strbuf;

/* Who runs a command, and what is known to it. */
struct verbs_caller {
	bool watches; /* the daemon, which watches the maps afterwards */
	const dev_t *silent; /* devices that do not answer: left alone */
	size_t silent_count;
};

/**
 * verbs_run() - one command
 * @words:	verb and arguments
 * @out, @err:	what is to be printed
 *
 * Blocks, unless it changes nothing. Return: exit status.
 */
int verbs_run(const char *const *words, size_t count, const struct verbs_caller *caller,
	      struct mp_strbuf *out, struct mp_strbuf *err);

/** verbs_check() - is it a command, with arguments as it has them? @err: what was expected */
bool verbs_check(const char *const *words, size_t count, struct mp_strbuf *err);

/* Disks that a command asks, reads or writes, so that it waits as long as they do not answer. */
enum verbs_disks {
	VERBS_NO_DISK = 0,
	VERBS_NAMED_DISKS = 1,
	VERBS_DISKS_OF_MAP = 2,
	VERBS_EVERY_DISK = 4,
	/* of the map; if messages alone are sent, only when its last good path fails */
	VERBS_FAILED_DISKS = 8,
};

/**
 * verbs_disks() - Return: enum verbs_disks, added up
 * @map:	index of the word that names the map
 * @first:	index of the word that names the first disk
 */
unsigned verbs_disks(const char *const *words, size_t count, size_t *map, size_t *first);

/** verbs_reply() - status and both texts as one, from who ran it to who prints it */
void verbs_reply(int status, const struct mp_strbuf *out, const struct mp_strbuf *err,
		 struct mp_strbuf *reply);

/**
 * verbs_reply_parse() - @out_length: of the text for standard output; @err begins behind it.
 * Return: start of it, NULL: no reply.
 */
const char *verbs_reply_parse(const char *reply, int *status, size_t *out_length);

/** verbs_usage() - every verb's syntax, a line each */
void verbs_usage(struct mp_strbuf *text);

/** verbs_is_urgent() - does it need nothing but messages to one map? It passes what hangs. */
bool verbs_is_urgent(const char *verb);

/** verbs_changes() - may this verb change anything? Others need no privilege and touch no disk. */
bool verbs_changes(const char *verb);
