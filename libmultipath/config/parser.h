/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* parser.h - one file into a configuration that is being made.  For: config. */
#pragma once
#include <stdarg.h>

#include "config/sections.h"

/* Who hears of what is wrong, and what was told already. */
struct mp_diagnostics {
	mp_diagnostic_fn tell;
	void *userdata;
	struct mp_report *report; /* takes all there is to say, and NULL if it is not wanted */
	bool ignored_told[MP_KEYS]; /* keywords without meaning are told once, unless all is */
};

/** mp_parser_report() - "FILE:LINE:COLUMN: severity: text"; @line and @column may be 0: none */
void mp_parser_report(struct mp_diagnostics *diagnostics, enum mp_severity severity, int level,
		      const char *file, unsigned line, unsigned column, const char *format, ...)
	__attribute__((format(printf, 7, 8)));

/**
 * mp_parser_read_text() - add the sections of one file's text
 * @name:	of the file
 * @strict:	a value that must not be wrong rejects the file, else it is only told
 *
 * Return: 0, -EINVAL if rejected, -ENOMEM.
 */
int mp_parser_read_text(struct mp_config *config, const char *name, const char *text, size_t length,
			bool strict, struct mp_diagnostics *diagnostics);

/**
 * mp_parser_read_file() - as before. Return: also -ENOENT and other errors of open and read, told
 * but for -ENOENT of what is no link.
 */
int mp_parser_read_file(struct mp_config *config, const char *file, bool strict,
			struct mp_diagnostics *diagnostics);
