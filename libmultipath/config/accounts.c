/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/accounts.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/cleanup.h"

enum { BUFFER_SIZE = 64 * 1024 };

static bool find_user(const char *name, struct passwd *user, char *buffer)
{
	struct passwd *found = NULL;

	return getpwnam_r(name, user, buffer, BUFFER_SIZE, &found) == 0 && found;
}

int mp_account_user(const char *name, int64_t *ret)
{
	_cleanup_free_ char *buffer = malloc(BUFFER_SIZE);
	struct passwd user;

	if (!buffer)
		return -ENOMEM;
	if (!find_user(name, &user, buffer))
		return -ENOENT;
	*ret = user.pw_uid;
	return 0;
}

int mp_account_group(const char *name, int64_t *ret)
{
	_cleanup_free_ char *buffer = malloc(BUFFER_SIZE);
	struct group group, *found = NULL;
	struct passwd user;

	if (!buffer)
		return -ENOMEM;
	if (getgrnam_r(name, &group, buffer, BUFFER_SIZE, &found) == 0 && found)
		*ret = group.gr_gid;
	else if (find_user(name, &user, buffer))
		*ret = user.pw_gid;
	else
		return -ENOENT;
	return 0;
}
