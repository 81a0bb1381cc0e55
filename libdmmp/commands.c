/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "libdmmp/context.h"
#include "libdmmp/requests.h"

enum { NAME_LONGEST = 127 /* of the kernel's names */ };

/* The daemon's commands end in words: one with a blank is quoted, and a quote cannot be. */
static int put_name(const char *name, char *word, size_t size)
{
	size_t length = strlen(name);

	if (!length || length > NAME_LONGEST || strchr(name, '"') || strchr(name, '\n'))
		return -1;
	snprintf(word, size, strpbrk(name, " \t") ? "\"%s\"" : "%s", name);
	return 0;
}

int dmmp_flush_mpath(struct dmmp_context *ctx, const char *mpath_name)
{
	char word[NAME_LONGEST + 3], command[sizeof(word) + sizeof("del map ")];
	_cleanup_free_ char *reply = NULL;
	int code;

	if (put_name(mpath_name, word, sizeof(word)) < 0) {
		context_error(ctx, "not the name of a map: %s", mpath_name);
		return DMMP_ERR_INVALID_ARGUMENT;
	}
	snprintf(command, sizeof(command), "del map %s", word);
	code = request_ask(ctx, command, &reply);
	if (code == DMMP_OK && strcmp(reply, "ok\n") && strcmp(reply, "ok")) {
		context_error(ctx, "multipathd: %s: unexpected reply: %s", command, reply);
		code = DMMP_ERR_BUG;
	}
	return code;
}

/* The reply comes before the work is done, and says nothing of it. */
int dmmp_reconfig(struct dmmp_context *ctx)
{
	_cleanup_free_ char *reply = NULL;

	return request_ask(ctx, "reconfigure", &reply);
}
