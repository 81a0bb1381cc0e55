/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "kernel/udevdb.h"

#include <string.h>

int mp_udevdb_parse(char *text, struct mp_props *ret)
{
	char *line, *rest = text;

	while ((line = strsep(&rest, "\n"))) {
		char *equals;
		int r;

		if (strncmp(line, "E:", 2))
			continue;
		equals = strchr(line, '=');
		if (!equals)
			continue;
		*equals = '\0';
		r = mp_props_add(ret, line + 2, equals + 1);
		if (r < 0)
			return r;
	}
	return 0;
}
