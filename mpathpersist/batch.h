/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * batch.h - a line of a batch file as the words of a command line.  Pure.  For: mpathpersist,
 * tests.
 */
#pragma once
#include <stddef.h>

enum { BATCH_WORDS = 64 };

/**
 * batch_split() - words between blanks, as argv: the first one is "mpathpersist", whether the line
 * has it or not; a comment begins with # at the beginning of a word
 * @line:	changed: the words stay in it
 * @argv:	BATCH_WORDS and a NULL after the last word
 *
 * Return: number of words, 1 if there is no command; -E2BIG.
 */
int batch_split(char *line, char *argv[static BATCH_WORDS + 1]);
