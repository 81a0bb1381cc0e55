/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* prioritizers.h - the prioritizers, one file each.  For: their table. */
#pragma once
#include <stddef.h>

#include "prioritizers/prioritizer.h"

#define PRIORITIZER(name, args, object) extern const struct mp_prioritizer object;
#include "config/prioritizers.inc"
#undef PRIORITIZER

/** mp_prioritizer_has_arg() - true if @word is one of the blank-separated words of @args */
bool mp_prioritizer_has_arg(const char *args, const char *word);

/**
 * mp_prioritizer_arg() - value of the word NAME=VALUE. Return: false if there is none, or it does
 * not fit.
 */
bool mp_prioritizer_arg(const char *args, const char *name, char *value, size_t size);
