/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prioritizers.h - the prioritizers, one file each.  For: their table. */
#pragma once
#include <stddef.h>

#include "prioritizers/prioritizer.h"

extern const struct mp_prioritizer mp_prioritizer_alua;
extern const struct mp_prioritizer mp_prioritizer_ana;
extern const struct mp_prioritizer mp_prioritizer_const;
extern const struct mp_prioritizer mp_prioritizer_datacore;
extern const struct mp_prioritizer mp_prioritizer_emc;
extern const struct mp_prioritizer mp_prioritizer_hds;
extern const struct mp_prioritizer mp_prioritizer_hp_sw;
extern const struct mp_prioritizer mp_prioritizer_iet;
extern const struct mp_prioritizer mp_prioritizer_ontap;
extern const struct mp_prioritizer mp_prioritizer_path_latency;
extern const struct mp_prioritizer mp_prioritizer_random;
extern const struct mp_prioritizer mp_prioritizer_rdac;
extern const struct mp_prioritizer mp_prioritizer_sysfs;
extern const struct mp_prioritizer mp_prioritizer_weightedpath;

/** mp_args_have_word() - is @word one of the blank-separated words of @args? */
bool mp_args_have_word(const char *args, const char *word);

/**
 * mp_args_get() - value of the word NAME=VALUE. Return: false if there is none, or it does not fit.
 */
bool mp_args_get(const char *args, const char *name, char *value, size_t size);
