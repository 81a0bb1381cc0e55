/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* context.h - what a caller has set, its last error, and the log.  For: libdmmp. */
#pragma once
#include <stdarg.h>

#include "libdmmp/libdmmp.h"

enum { CONTEXT_ERROR_SIZE = 512 };

struct dmmp_context {
	unsigned timeout_msec; /* 0 none */
	int priority;
	void (*log)(struct dmmp_context *ctx, int priority, const char *file, int line,
		    const char *function, const char *format, va_list args);
	void *userdata;
	char error[CONTEXT_ERROR_SIZE];
};

/** context_log() - if @priority is important enough; an error is kept as the last one */
void context_log(struct dmmp_context *ctx, int priority, const char *file, int line,
		 const char *function, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

#define context_error(ctx, ...) \
	context_log(ctx, DMMP_LOG_PRIORITY_ERROR, __FILE__, __LINE__, __func__, __VA_ARGS__)
#define context_debug(ctx, ...) \
	context_log(ctx, DMMP_LOG_PRIORITY_DEBUG, __FILE__, __LINE__, __func__, __VA_ARGS__)
