/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "libdmmp/context.h"

#include <stdio.h>
#include <stdlib.h>

enum { TIMEOUT_MSEC = 60000 };

static void log_to_stderr(struct dmmp_context *ctx, int priority, const char *file, int line,
			  const char *function, const char *format, va_list args)
{
	(void)ctx;
	fprintf(stderr, "libdmmp %s: ", dmmp_log_priority_str(priority));
	vfprintf(stderr, format, args);
	fprintf(stderr, " # %s:%s():%d\n", file, function, line);
}

void context_log(struct dmmp_context *ctx, int priority, const char *file, int line,
		 const char *function, const char *format, ...)
{
	va_list args;

	if (priority == DMMP_LOG_PRIORITY_ERROR) {
		va_start(args, format);
		vsnprintf(ctx->error, sizeof(ctx->error), format, args);
		va_end(args);
	}
	if (priority > ctx->priority)
		return;
	va_start(args, format);
	ctx->log(ctx, priority, file, line, function, format, args);
	va_end(args);
}

struct dmmp_context *dmmp_context_new(void)
{
	struct dmmp_context *ctx = calloc(1, sizeof(*ctx));

	if (!ctx)
		return NULL;
	ctx->timeout_msec = TIMEOUT_MSEC;
	ctx->priority = DMMP_LOG_PRIORITY_DEFAULT;
	ctx->log = log_to_stderr;
	return ctx;
}

void dmmp_context_free(struct dmmp_context *ctx)
{
	free(ctx);
}

void dmmp_context_timeout_set(struct dmmp_context *ctx, unsigned int tmo)
{
	ctx->timeout_msec = tmo;
}

unsigned int dmmp_context_timeout_get(struct dmmp_context *ctx)
{
	return ctx->timeout_msec;
}

void dmmp_context_log_priority_set(struct dmmp_context *ctx, int priority)
{
	ctx->priority = priority;
}

int dmmp_context_log_priority_get(struct dmmp_context *ctx)
{
	return ctx->priority;
}

void dmmp_context_log_func_set(struct dmmp_context *ctx,
			       void (*log_func)(struct dmmp_context *ctx, int priority,
						const char *file, int line, const char *func_name,
						const char *format, va_list args))
{
	ctx->log = log_func ? log_func : log_to_stderr;
}

void dmmp_context_userdata_set(struct dmmp_context *ctx, void *userdata)
{
	ctx->userdata = userdata;
}

void *dmmp_context_userdata_get(struct dmmp_context *ctx)
{
	return ctx->userdata;
}

const char *dmmp_last_error_msg(struct dmmp_context *ctx)
{
	return ctx->error;
}
