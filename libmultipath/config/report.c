/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "config/report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/strbuf.h"

void mp_report_fini(struct mp_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		free(report->messages[i].file);
		free(report->messages[i].text);
	}
	free(report->messages);
	*report = (struct mp_report)MP_REPORT_INIT;
}

/* Files are few, and messages of one come together: the newest with its file is near the end. */
static unsigned file_order(const struct mp_report *report, const char *file)
{
	unsigned next = 0;

	for (size_t i = report->count; i-- > 0;) {
		if (strcmp(report->messages[i].file, file) == 0)
			return report->messages[i].file_order;
		if (report->messages[i].file_order >= next)
			next = report->messages[i].file_order + 1;
	}
	return next;
}

void mp_report_add(struct mp_report *report, enum mp_severity severity, const char *file,
		   unsigned line, unsigned column, const char *text)
{
	struct mp_message message = { .severity = severity, .line = line, .column = column };

	if (report->count == report->size) {
		size_t size = report->size ? report->size * 2 : 16;
		struct mp_message *messages =
			reallocarray(report->messages, size, sizeof(*messages));

		if (!messages) {
			report->error = -ENOMEM;
			return;
		}
		report->messages = messages;
		report->size = size;
	}
	message.file_order = file_order(report, file);
	message.file = strdup(file);
	message.text = strdup(text);
	if (!message.file || !message.text) {
		free(message.file);
		free(message.text);
		report->error = -ENOMEM;
		return;
	}
	report->messages[report->count++] = message;
	if (severity == MP_SEVERITY_WARNING)
		report->warnings++;
	else
		report->errors++;
}

static int compare(unsigned a, unsigned b)
{
	return (a > b) - (a < b);
}

static int by_place(const void *a, const void *b)
{
	const struct mp_message *first = a, *second = b;
	int r = compare(first->file_order, second->file_order);

	if (r == 0)
		r = compare(first->line, second->line);
	if (r == 0)
		r = compare(first->column, second->column);
	return r ? r : strcmp(first->text, second->text);
}

void mp_report_sort(struct mp_report *report)
{
	if (report->count)
		qsort(report->messages, report->count, sizeof(*report->messages), by_place);
}

const char *mp_report_severity_name(enum mp_severity severity)
{
	return severity == MP_SEVERITY_WARNING ? "warning" : "error";
}

void mp_report_format(const struct mp_report *report, struct mp_strbuf *buf)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct mp_message *message = &report->messages[i];

		mp_strbuf_printf(buf, "%s:", message->file);
		if (message->line)
			mp_strbuf_printf(buf, "%u:%u:", message->line,
					 message->column ? message->column : 1);
		mp_strbuf_printf(buf, " %s: %s\n", mp_report_severity_name(message->severity),
				 message->text);
	}
}

void mp_report_summary(const struct mp_report *report, struct mp_strbuf *buf)
{
	mp_strbuf_printf(buf, "%u error%s, %u warning%s\n", report->errors,
			 report->errors == 1 ? "" : "s", report->warnings,
			 report->warnings == 1 ? "" : "s");
}

int mp_report_status(const struct mp_report *report)
{
	return report->errors ? 2 : report->warnings ? 1 : 0;
}
