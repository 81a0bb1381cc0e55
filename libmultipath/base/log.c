/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <string.h>
#include <time.h>

/* The process has one log; set at start-up and by reconfigure, on the main thread. */
static struct {
	enum log_target target;
	const char *ident;
	int verbosity;
} process_log = { LOG_TO_STDERR_WITH_TIME, "multipath", LOG_LEVEL_NOTICE };

void log_open(enum log_target target, const char *ident)
{
	process_log.target = target;
	process_log.ident = ident;
	if (target == LOG_TO_SYSLOG)
		openlog(ident, 0, LOG_DAEMON);
}

void log_reopen(void)
{
	if (process_log.target != LOG_TO_SYSLOG)
		return;
	closelog();
	openlog(process_log.ident, 0, LOG_DAEMON);
}

void log_set_verbosity(int verbosity)
{
	if (verbosity < LOG_LEVEL_ERROR)
		verbosity = LOG_LEVEL_ERROR;
	if (verbosity > LOG_LEVEL_DEBUG)
		verbosity = LOG_LEVEL_DEBUG;
	process_log.verbosity = verbosity;
}

int log_verbosity(void)
{
	return process_log.verbosity;
}

/* Names and texts of devices are in it; what reads it may be a terminal. */
static void remove_controls(char *line)
{
	for (; *line; line++)
		if (*line == '\n')
			*line = ' '; /* a second line would look like another message */
		else if (((unsigned char)*line < ' ' && *line != '\t') || *line == 0x7f)
			*line = '?';
}

static void format_line(char *line, size_t size, const char *format, va_list args)
{
	vsnprintf(line, size, format, args);
	remove_controls(line);
}

void log_format_timed(char *text, size_t size, const char *format, va_list args)
{
	struct timespec now;
	int length;

	clock_gettime(CLOCK_MONOTONIC, &now);
	length = snprintf(text, size, "%lld.%06ld | ", (long long)now.tv_sec, now.tv_nsec / 1000);
	format_line(text + length, size - length - 1, format, args);
	strcat(text, "\n");
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[1024 + LOG_TIME_SIZE];
	va_list args;

	if ((int)level > process_log.verbosity || process_log.target == LOG_TO_NOTHING)
		return;

	va_start(args, format);
	if (process_log.target == LOG_TO_STDERR_WITH_TIME)
		log_format_timed(line, sizeof(line), format, args);
	else
		format_line(line, 1024, format, args);
	va_end(args);

	switch (process_log.target) {
	case LOG_TO_SYSLOG:
		syslog(LOG_ERR + level, "%s", line);
		break;
	case LOG_TO_NOTHING:
		break;
	case LOG_TO_STDERR:
		fprintf(stderr, "%s\n", line);
		break;
	case LOG_TO_STDERR_WITH_TIME:
		fputs(line, stderr);
		break;
	}
}

void log_warnings(const char *prefix, const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		log_warning("%s%.*s", prefix, (int)length, text);
		text += length + (text[length] == '\n');
	}
}
