/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <string.h>

#include "base/cleanup.h"
#include "checkers/checkers.h"

static const struct mp_checker *const checkers[] = {
#define CHECKER(name, object) &object,
#include "config/checkers.inc"
#undef CHECKER
};

const struct mp_checker *mp_checker_find(const char *name)
{
	if (!strncmp(name, "none", 4))
		return &mp_checker_none;
	for (size_t i = 0; i < ARRAY_SIZE(checkers); i++)
		if (!strcmp(checkers[i]->name, name))
			return checkers[i];
	return NULL;
}

const struct mp_checker *const *mp_checker_all(size_t *count)
{
	*count = ARRAY_SIZE(checkers);
	return checkers;
}
