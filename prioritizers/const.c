/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* const: every path is as good as any other. */
#include "prioritizers/prioritizers.h"

static int const_priority(struct mp_prioritization *prioritization)
{
	(void)prioritization;
	return 1;
}

static int const_derive(const struct mp_prioritization *answer, const struct mp_identity *identity,
			const char *args)
{
	(void)answer;
	(void)identity;
	(void)args;
	return 1;
}

const struct mp_prioritizer mp_prioritizer_const = {
	.name = "const",
	.priority = const_priority,
	.derive = const_derive,
	.knows = true,
};
