/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* accounts.h - numbers of users and groups by name.  For: config. */
#pragma once
#include <stdint.h>

/** mp_account_user() - Return: 0, -ENOENT if there is no such user, -ENOMEM */
int mp_account_user(const char *name, int64_t *ret);

/**
 * mp_account_group() - a group; else, as it always was, the primary group of a user. Return: 0,
 * -ENOENT, -ENOMEM.
 */
int mp_account_group(const char *name, int64_t *ret);
