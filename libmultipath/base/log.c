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

void log_line(enum log_level level, const char *format, ...)
{
	char line[1024];
	struct timespec now;
	va_list args;

	if ((int)level > process_log.verbosity)
		return;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	remove_controls(line);

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
		clock_gettime(CLOCK_MONOTONIC, &now);
		fprintf(stderr, "%lld.%06ld | %s\n", (long long)now.tv_sec, now.tv_nsec / 1000,
			line);
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
