/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "checkers/checkers.h"

static const struct mp_checker checker_none = { .name = "none", .none = true };

/* clang-format off */
static const struct mp_checker *const checkers[] = {
	&mp_checker_tur,
	&mp_checker_directio,
	&mp_checker_readsector0,
	&mp_checker_rdac,
	&mp_checker_emc_clariion,
	&mp_checker_hp_sw,
	&mp_checker_cciss_tur,
	&checker_none,
};
/* clang-format on */

const struct mp_checker *mp_checker_find(const char *name)
{
	if (!strncmp(name, "none", 4))
		return &checker_none;
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

int mp_check_answer(struct mp_check *check, enum mp_path_state state, const char *message)
{
	check->state = state;
	snprintf(check->message, sizeof(check->message), "%s", message);
	return state == MP_PATH_WILD ? -ENOTTY : 0;
}
