/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/invocation.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/*
 * Every word is followed by a blank and quoted if it contains one; the newline at the end is left out when only it
 * does not fit. The daemon sees just these bytes, also in the text of some errors.
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

void invocation_parse(int argc, char *const argv[], struct invocation *ret)
{
	char *sorted[argc + 1]; /* getopt() moves words behind options */
	int option;

	memcpy(sorted, argv, sizeof(sorted));
	ret->kind = INVOCATION_DAEMON;
	opterr = 0;
	optind = 0; /* from the start, whoever used getopt() before */
	while ((option = getopt(argc, sorted, ":dsv:k::Bnw")) >= 0) {
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
	if (optind >= argc)
		return;

	ret->kind = words_join(sorted + optind, ret->words, sizeof(ret->words)) ? INVOCATION_COMMAND
									       : INVOCATION_TOO_LARGE;
	ret->command = ret->words;
}
