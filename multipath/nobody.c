/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nobody.c - config/accounts.h for the static front end: the owner of a map does not matter there,
 * and looking up names would load the C library's plug-ins.
 */
#include "config/accounts.h"

int mp_account_user(const char *name, int64_t *ret)
{
	(void)name;
	*ret = 0;
	return 0;
}

int mp_account_group(const char *name, int64_t *ret)
{
	(void)name;
	*ret = 0;
	return 0;
}
