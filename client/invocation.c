/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "client/invocation.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/*
 * Every word is followed by a blank and quoted if it contains one; the newline at the end is left
 * out when only it does not fit. The daemon sees just these bytes, also in the text of some errors.
 */
static bool words_join(char *const *words, char *text, size_t size)
{
	size_t used = 0;

	for (; *words; words++) {
		size_t length = strlen(*words);
		bool quote = strchr(*words, ' ');

		if (length + (quote ? 2 : 0) + 1 >= size - used)
			return false;
		if (quote)
			text[used++] = '"';
		memcpy(text + used, *words, length);
		used += length;
		if (quote)
			text[used++] = '"';
		text[used++] = ' ';
	}
	if (used + 1 < size)
		text[used++] = '\n';
	text[used] = '\0';
	return true;
}

/*
 * "--dry-run" and the like are words of commands: they go behind all others. Return: how many there
 * are.
 */
static int long_words_last(int argc, char *words[])
{
	int count = 0;

	for (int i = 1; i + count < argc;) {
		char *word = words[i];

		if (!strcmp(word, "--"))
			break;
		if (strncmp(word, "--", 2)) {
			i++;
			continue;
		}
		memmove(&words[i], &words[i + 1], (argc - i - 1) * sizeof(*words));
		words[argc - 1] = word;
		count++;
	}
	return count;
}

void invocation_parse(int argc, char *const argv[], struct invocation *ret)
{
	char *sorted[argc + 1]; /* getopt() moves words behind options */
	int option, long_words;

	memcpy(sorted, argv, sizeof(sorted));
	long_words = long_words_last(argc, sorted);
	ret->kind = INVOCATION_DAEMON;
	opterr = 0;
	optind = 0; /* from the start: getopt() may have been used before */
	while ((option = getopt(argc - long_words, sorted, ":dsv:k::Bnw")) >= 0) {
		switch (option) {
		case 'k':
			ret->kind = optarg ? INVOCATION_COMMAND : INVOCATION_SHELL;
			ret->command = optarg;
			return;
		case 'v':
			if (!isdigit((unsigned char)*optarg))
				return;
			break;
		case '?':
		case ':':
			return;
		}
	}
	if (optind >= argc - long_words)
		return;

	ret->kind = words_join(sorted + optind, ret->words, sizeof(ret->words)) ?
			    INVOCATION_COMMAND :
			    INVOCATION_TOO_LARGE;
	ret->command = ret->words;
}
