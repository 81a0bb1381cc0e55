/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/foreign.h"

#include <stdlib.h>
#include <string.h>

void mp_foreign_fini(struct mp_foreign *foreign)
{
	for (size_t i = 0; i < foreign->count; i++)
		free(foreign->maps[i].paths);
	free(foreign->maps);
	*foreign = (struct mp_foreign)MP_FOREIGN_INIT;
}

bool mp_foreign_has(const struct mp_foreign *foreign, const char *disk)
{
	for (size_t i = 0; i < foreign->count; i++)
		if (!strcmp(foreign->maps[i].disk, disk))
			return true;
	return false;
}

int mp_foreign_priority(const struct mp_foreign_path *path)
{
	if (!*path->access)
		return -1;
	return !strcmp(path->access, "optimized")     ? 50 :
	       !strcmp(path->access, "non-optimized") ? 10 :
							0;
}
