/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libdmmp/requests.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "libdmmp/context.h"
#include "libmpathcmd/address.h"
#include "libmpathcmd/mpath_cmd.h"

/* How a reply begins if the command was not done; multipathd before 0.10 has no "fail" in front. */
static const struct {
	const char *text;
	int code;
} refusals[] = {
	{ "timeout", DMMP_ERR_IPC_TIMEOUT },
	{ "permission deny", DMMP_ERR_PERMISSION_DENY },
	{ "map or partition in use", DMMP_ERR_MPATH_BUSY },
	{ "device not found", DMMP_ERR_MPATH_NOT_FOUND },
};

static int code_of_reply(const char *reply)
{
	if (!strncmp(reply, "fail\n", 5))
		reply += 5;
	for (size_t i = 0; i < ARRAY_SIZE(refusals); i++)
		if (!strncmp(reply, refusals[i].text, strlen(refusals[i].text)))
			return refusals[i].code;
	return DMMP_OK;
}

static int code_of_error(int error)
{
	switch (error) {
	case ENOMEM:
		return DMMP_ERR_NO_MEMORY;
	case ETIMEDOUT:
	case EAGAIN:
		return DMMP_ERR_IPC_TIMEOUT;
	case ECONNREFUSED:
	case ENOENT:
		return DMMP_ERR_NO_DAEMON;
	default:
		return DMMP_ERR_IPC_ERROR;
	}
}

static int ask(struct dmmp_context *ctx, const char *command, char **reply)
{
	int64_t deadline = mp_clock_msec() + ctx->timeout_msec, left = UINT_MAX;
	_cleanup_close_ int fd = mp_address_connect(0, ctx->timeout_msec);

	if (fd < 0)
		return -fd;
	if (ctx->timeout_msec)
		left = deadline - (int64_t)mp_clock_msec();
	if (left <= 0)
		return ETIMEDOUT;
	return mpath_process_cmd(fd, command, reply, left) < 0 ? errno : 0;
}

int request_ask(struct dmmp_context *ctx, const char *command, char **reply)
{
	_cleanup_free_ char *text = NULL;
	int error = ask(ctx, command, &text), code = DMMP_OK;

	*reply = NULL;
	if (error) {
		code = code_of_error(error);
		context_error(ctx, "multipathd: %s: %s", command, strerror(error));
	} else if (!*text) {
		code = DMMP_ERR_IPC_ERROR;
		context_error(ctx, "multipathd: %s: empty reply", command);
	} else {
		context_debug(ctx, "multipathd: %s: %s", command, text);
		code = code_of_reply(text);
		if (code != DMMP_OK)
			context_error(ctx, "multipathd: %s: %s", command, dmmp_strerror(code));
	}
	if (code == DMMP_OK)
		*reply = TAKE_PTR(text);
	return code;
}
