/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipathd/state/warnings.h"

#include <stdlib.h>

bool warnings_is_first(struct warnings *warnings, uint64_t id)
{
	uint64_t *ids;

	for (size_t i = 0; i < warnings->count; i++)
		if (warnings->ids[i] == id)
			return false;
	ids = reallocarray(warnings->ids, warnings->count + 1, sizeof(*ids));
	if (ids) {
		warnings->ids = ids;
		ids[warnings->count++] = id;
	}
	return true;
}

void warnings_fini(struct warnings *warnings)
{
	free(warnings->ids);
	*warnings = (struct warnings){ 0 };
}
