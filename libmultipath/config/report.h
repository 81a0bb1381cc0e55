/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report.h - what is wrong with a configuration, and where.  For: config, programs. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

struct mp_strbuf;

struct mp_message {
	char *file;
	unsigned line, column; /* 0: none */
	enum mp_severity severity;
	char *text; /* what is wrong, and what was expected */
	unsigned file_order; /* of its reading */
};

struct mp_report {
	struct mp_message *messages;
	size_t count, size;
	unsigned errors, warnings;
	int error; /* -ENOMEM: not all is there */
};

#define MP_REPORT_INIT \
	{ \
		0 \
	}

/** mp_report_fini() - free the findings */
void mp_report_fini(struct mp_report *report);

/** mp_report_add() - texts are copied; failures are remembered in @report */
void mp_report_add(struct mp_report *report, enum mp_severity severity, const char *file,
		   unsigned line, unsigned column, const char *text);

/** mp_report_sort() - by file, as first mentioned, then by line and column */
void mp_report_sort(struct mp_report *report);

/** mp_report_format() - "FILE:LINE:COLUMN: error|warning: TEXT", one a line */
void mp_report_format(const struct mp_report *report, struct mp_strbuf *buf);

/** mp_report_summary() - "2 errors, 1 warning" */
void mp_report_summary(const struct mp_report *report, struct mp_strbuf *buf);

/** mp_report_status() - exit status: 0 nothing is wrong, 1 warnings, 2 errors */
int mp_report_status(const struct mp_report *report);

/** mp_report_severity_name() - "warning" or "error" */
const char *mp_report_severity_name(enum mp_severity severity);
