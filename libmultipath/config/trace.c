/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/trace.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mp_trace_fini(struct mp_trace *trace)
{
	for (size_t i = 0; i < trace->count; i++) {
		free(trace->rows[i].text);
		free(trace->rows[i].section);
	}
	free(trace->rows);
	*trace = (struct mp_trace)MP_TRACE_INIT;
}

/* What stood in *ret is freed. */
static void set_text(struct mp_trace *trace, char **ret, const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0) {
		trace->error = -ENOMEM;
		return;
	}
	free(*ret);
	*ret = text;
}

struct mp_trace_row *mp_trace_add(struct mp_trace *trace, const char *name, bool decides,
				  const char *format, ...)
{
	struct mp_trace_row *row;
	va_list args;

	if (!trace || trace->error)
		return NULL;
	if (trace->count == trace->size) {
		size_t size = trace->size ? trace->size * 2 : 16;
		struct mp_trace_row *rows = reallocarray(trace->rows, size, sizeof(*rows));

		if (!rows) {
			trace->error = -ENOMEM;
			return NULL;
		}
		trace->rows = rows;
		trace->size = size;
	}
	row = &trace->rows[trace->count];
	*row = (struct mp_trace_row){ .name = name, .decides = decides };
	va_start(args, format);
	set_text(trace, &row->text, format, args);
	va_end(args);
	if (!row->text)
		return NULL;
	trace->count++;
	return row;
}

void mp_trace_origin(struct mp_trace *trace, struct mp_trace_row *row, const char *file,
		     unsigned line, const char *format, ...)
{
	va_list args;

	if (!row)
		return;
	row->file = file;
	row->line = line;
	va_start(args, format);
	set_text(trace, &row->section, format, args);
	va_end(args);
}

struct mp_trace_row *mp_trace_find(const struct mp_trace *trace, const char *name)
{
	for (size_t i = 0; trace && i < trace->count; i++)
		if (!strcmp(trace->rows[i].name, name))
			return &trace->rows[i];
	return NULL;
}

void mp_trace_replace(struct mp_trace *trace, struct mp_trace_row *row, const char *format, ...)
{
	va_list args;

	if (!row)
		return;
	va_start(args, format);
	set_text(trace, &row->text, format, args);
	va_end(args);
}

void mp_trace_override(struct mp_trace *trace, const char *name, const char *value, const char *why)
{
	struct mp_trace_row *row = mp_trace_find(trace, name);

	if (!row)
		return;
	if (row->file)
		mp_trace_origin(trace, row, NULL, 0, "%s; %s:%u has %s", why, row->file, row->line,
				row->text);
	else
		mp_trace_origin(trace, row, NULL, 0, "%s", why);
	mp_trace_replace(trace, row, "\"%s\"", value);
}

static int by_key(const void *a, const void *b)
{
	const struct mp_trace_row *first = a, *second = b;

	return (first->key > second->key) - (first->key < second->key);
}

void mp_trace_sort(struct mp_trace *trace)
{
	if (trace && trace->count)
		qsort(trace->rows, trace->count, sizeof(*trace->rows), by_key);
}
