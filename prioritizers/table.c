/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/cleanup.h"
#include "prioritizers/prioritizers.h"

static const struct mp_prioritizer *const prioritizers[] = {
	&mp_prioritizer_alua,
	&mp_prioritizer_const,
	&mp_prioritizer_sysfs,
};

const struct mp_prioritizer *mp_prioritizer_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(prioritizers); i++)
		if (!strcmp(prioritizers[i]->name, name))
			return prioritizers[i];
	return NULL;
}

bool mp_args_have_word(const char *args, const char *word)
{
	size_t length = strlen(word);

	for (; *args; args += strcspn(args, " \t")) {
		args += strspn(args, " \t");
		if (strcspn(args, " \t") == length && !strncmp(args, word, length))
			return true;
	}
	return false;
}
