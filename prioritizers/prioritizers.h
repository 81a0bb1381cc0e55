/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prioritizers.h - the prioritizers, one file each.  For: their table. */
#pragma once
#include <stddef.h>

#include "prioritizers/prioritizer.h"

#define PRIORITIZER(name, args, object) extern const struct mp_prioritizer object;
#include "config/prioritizers.inc"
#undef PRIORITIZER

/** mp_args_have_word() - true if @word is one of the blank-separated words of @args */
bool mp_args_have_word(const char *args, const char *word);

/**
 * mp_args_get() - value of the word NAME=VALUE. Return: false if there is none, or it does not fit.
 */
bool mp_args_get(const char *args, const char *name, char *value, size_t size);
