/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mpathpersist/batch.h"

#include <errno.h>
#include <string.h>

int batch_split(char *line, char *argv[static BATCH_WORDS + 1])
{
	static char name[] = "mpathpersist";
	int count = 1;
	char *rest;

	argv[0] = name;
	for (char *word = strtok_r(line, " \t\n", &rest); word && *word != '#';
	     word = strtok_r(NULL, " \t\n", &rest)) {
		if (count == 1 && argv[0] == name && !strcmp(word, name)) {
			argv[0] = word;
			continue;
		}
		if (count == BATCH_WORDS)
			return -E2BIG;
		argv[count++] = word;
	}
	argv[count] = NULL;
	return count;
}
