/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/mangling.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The kernel's, with the NUL. */
enum { NAME_SIZE = 128 };

int mp_mangling_encode(const char *name, char *ret, size_t size)
{
	size_t used = 0;

	for (; *name; name++) {
		bool plain = isalnum((unsigned char)*name) || strchr("#+-.:=@_", *name);

		if (used + (plain ? 1 : 4) >= size)
			return -ENAMETOOLONG;
		used += sprintf(ret + used, plain ? "%c" : "\\x%02x", (unsigned char)*name);
	}
	ret[used] = '\0';
	return 0;
}

void mp_mangling_decode(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (text[0] == '\\' && text[1] == 'x' && isxdigit((unsigned char)text[2]) &&
		    isxdigit((unsigned char)text[3])) {
			const char digits[] = { text[2], text[3], '\0' };

			*to++ = strtoul(digits, NULL, 16);
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

bool mp_mangling_can_name(const char *name)
{
	char mangled[NAME_SIZE], decoded[NAME_SIZE];

	/* /dev/mapper has these. */
	if (!strcmp(name, ".") || !strcmp(name, "..") || !strcmp(name, "control"))
		return false;
	if (!*name || strchr(name, '/') || mp_mangling_encode(name, mangled, sizeof(mangled)) < 0)
		return false;
	/*
	 * libdevmapper takes "\x20" and the like for encoded already, and refuses what would have
	 * to be encoded once more.
	 */
	strcpy(decoded, name);
	mp_mangling_decode(decoded);
	return !strcmp(decoded, name);
}
