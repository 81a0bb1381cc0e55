/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.h - what a decision looked at, in order, and where that is written.  For: config, show,
 * programs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Deciders add rows while they decide, if the caller wants an account: the account is the
 * decision's own.
 */
struct mp_trace_row {
	uint8_t key; /* enum mp_key of a value, else MP_KEY_NONE */
	bool decides; /* nothing behind it was looked at */
	const char *name; /* constant */
	char *text; /* what was found; of a value: the value */
	/*
	 * where it is written: "blacklist", "devices/device \"NETAPP\"", "built in"; NULL: nowhere
	 */
	char *section;
	const char *file; /* borrowed from the configuration; NULL: no file */
	unsigned line;
};

struct mp_trace {
	struct mp_trace_row *rows;
	size_t count, size;
	int error; /* -ENOMEM is remembered, and later additions do nothing */
};

#define MP_TRACE_INIT \
	{ \
		0 \
	}

/** mp_trace_fini() - free the rows */
void mp_trace_fini(struct mp_trace *trace);

/**
 * mp_trace_add() - append a row; @trace may be NULL: not wanted. Return: borrowed until
 * the next one, or NULL.
 */
struct mp_trace_row *mp_trace_add(struct mp_trace *trace, const char *name, bool decides,
				  const char *format, ...) __attribute__((format(printf, 4, 5)));

/** mp_trace_origin() - where the row's matter is written; @row may be NULL */
void mp_trace_origin(struct mp_trace *trace, struct mp_trace_row *row, const char *file,
		     unsigned line, const char *format, ...) __attribute__((format(printf, 5, 6)));

/** mp_trace_find() - the row of that name, borrowed, or NULL */
struct mp_trace_row *mp_trace_find(const struct mp_trace *trace, const char *name);

/** mp_trace_replace() - @row says something else; its origin stays */
void mp_trace_replace(struct mp_trace *trace, struct mp_trace_row *row, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/**
 * mp_trace_override() - the value of that name is another one than what is written, and @why; what
 * is written is still told
 */
void mp_trace_override(struct mp_trace *trace, const char *name, const char *value,
		       const char *why);

/** mp_trace_sort() - values in the order of the keywords */
void mp_trace_sort(struct mp_trace *trace);
