/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* log.h - what programs tell the operator.  For: programs only; libraries return. */
#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* Verbosity that shows it; syslog gets priority level + 3. */
enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

enum log_target { LOG_TO_STDERR_WITH_TIME, LOG_TO_STDERR, LOG_TO_SYSLOG, LOG_TO_NOTHING };

/**
 * log_open() - where lines go from now on; before that: stderr with time, level notice
 * @ident:	program name for syslog; must live on
 */
void log_open(enum log_target target, const char *ident);

/** log_reopen() - reconnect to syslog (SIGUSR1) */
void log_reopen(void);

/** log_set_verbosity() - 0 errors only .. 4 debug; clamped */
void log_set_verbosity(int verbosity);
/** log_verbosity() - the current limit, 0 to 4 */
int log_verbosity(void);

/**
 * log_line() - what the macros below call: one line, if @level is within the verbosity
 * @format:	without a newline; control characters become '?'
 */
void log_line(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

enum { LOG_TIME_SIZE = 40 }; /* at most, of the time before a line */

/**
 * log_format_timed() - a line as log_line() prints it with the time, and its newline, for callers
 * with a verbosity of their own
 * @size:	more than LOG_TIME_SIZE; what does not fit is cut off
 */
void log_format_timed(char *text, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

/** log_warnings() - each line of @text as a warning after @prefix */
void log_warnings(const char *prefix, const char *text);

#define log_error(...) log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) \
	do { \
		if (log_verbosity() >= LOG_LEVEL_DEBUG) \
			log_line(LOG_LEVEL_DEBUG, __VA_ARGS__); \
	} while (0)
