/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verbs.h - gmultipath's commands.  For: gmultipath, on a worker of the daemon or in a process of its own. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

struct engine;
struct mp_strbuf;

/**
 * verbs_run() - one command
 * @words:	verb and arguments
 * @watched:	the daemon runs it, and watches the maps afterwards
 * @out, @err:	what is to be printed
 *
 * Blocks. Return: exit status.
 */
int verbs_run(const char *const *words, size_t count, bool watched, struct mp_strbuf *out, struct mp_strbuf *err);

/** verbs_usage() - every verb's syntax, a line each */
void verbs_usage(struct mp_strbuf *text);

/** verbs_changes() - may this verb change anything? Others need no privilege and touch no disk. */
bool verbs_changes(const char *verb);
