/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* completion.h - which words may follow in a daemon command.  For: shell.c; pure, libc only. */
#pragma once
#include <stddef.h>

/* The daemon's command reference, as it printed it: one owner, the shell. */
struct completion;

/**
 * completion_new() - remember the reference; lines that are no commands are skipped. Return: 0 or
 * -ENOMEM.
 */
int completion_new(const char *reference, struct completion **ret);

/** completion_free() - Return: NULL. */
struct completion *completion_free(struct completion *completion);

/**
 * completion_fn - takes one candidate
 * @word:	a keyword, or the name of an argument with its dollar sign; not NUL-terminated
 */
typedef void (*completion_fn)(void *userdata, const char *word, size_t length);

/**
 * completion_list() - call @take for each different word that may stand behind @line
 * @line:	whole words; abbreviations are understood
 */
void completion_list(const struct completion *completion, const char *line, completion_fn take,
		     void *userdata);

/**
 * completion_word() - where the unfinished last word of @line begins
 *
 * Return: @line's end, if it ends in a blank. A word that is quoted begins with its quote.
 */
const char *completion_word(const char *line);
