/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/cleanup.h"
#include "prioritizers/prioritizers.h"

#define BLANKS " \t"

static const struct mp_prioritizer *const prioritizers[] = {
#define PRIORITIZER(name, args, object) &object,
#include "config/prioritizers.inc"
#undef PRIORITIZER
};

const struct mp_prioritizer *mp_prioritizer_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(prioritizers); i++)
		if (!strcmp(prioritizers[i]->name, name))
			return prioritizers[i];
	return NULL;
}

const struct mp_prioritizer *const *mp_prioritizer_all(size_t *count)
{
	*count = ARRAY_SIZE(prioritizers);
	return prioritizers;
}

/* Return: the first word at or behind @args, NULL if there is none. */
static const char *word_next(const char *args, size_t *length)
{
	args += strspn(args, BLANKS);
	*length = strcspn(args, BLANKS);
	return *length ? args : NULL;
}

bool mp_prioritizer_has_arg(const char *args, const char *word)
{
	size_t length;

	for (; (args = word_next(args, &length)); args += length)
		if (length == strlen(word) && !memcmp(args, word, length))
			return true;
	return false;
}

bool mp_prioritizer_arg(const char *args, const char *name, char *value, size_t size)
{
	size_t name_length = strlen(name), length;

	for (; (args = word_next(args, &length)); args += length) {
		if (length <= name_length || memcmp(args, name, name_length) ||
		    args[name_length] != '=')
			continue;
		length -= name_length + 1;
		if (length >= size)
			return false;
		memcpy(value, args + name_length + 1, length);
		value[length] = '\0';
		return true;
	}
	return false;
}
