/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prioritizers.h - the prioritizers, one file each.  For: their table. */
#pragma once
#include "prioritizers/prioritizer.h"

extern const struct mp_prioritizer mp_prioritizer_alua;
extern const struct mp_prioritizer mp_prioritizer_const;
extern const struct mp_prioritizer mp_prioritizer_sysfs;

/** mp_args_have_word() - is @word one of the blank-separated words of @args? */
bool mp_args_have_word(const char *args, const char *word);
