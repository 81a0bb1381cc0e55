/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* arguments.h - the command line of multipath(8).  For: both of its programs; pure, libc only. */
#pragma once
#include <stdbool.h>

enum arguments_mode {
	MODE_CREATE,
	MODE_DRY_RUN, /* -d, while nothing else than creating is asked for */
	MODE_LIST, /* -l */
	MODE_LIST_CHECKED, /* -ll */
	MODE_FLUSH, /* -f */
	MODE_FLUSH_ALL, /* -F */
	MODE_ADD_WWID, /* -a */
	MODE_REMOVE_WWID, /* -w */
	MODE_RESET_WWIDS, /* -W */
	MODE_IS_PATH, /* -c, or -u with from_udev */
	MODE_IS_USABLE, /* -C, or -U with from_udev */
	MODE_PRINT_CONFIG, /* -t: acts at once, whatever follows it */
	MODE_PRINT_LOCAL_CONFIG, /* -T */
	MODE_EXPLAIN, /* explain DEVICE */
	MODE_CHECK_CONFIG, /* --check-config; device is a file */
	MODE_USAGE, /* -h: acts at once, whatever follows it */
};

enum arguments_error {
	ARGUMENTS_OK,
	ARGUMENTS_BAD_VERBOSITY,
	ARGUMENTS_BAD_POLICY,
	ARGUMENTS_NO_VALUE,
	ARGUMENTS_UNKNOWN,
	ARGUMENTS_TOO_MANY,
	ARGUMENTS_NOT_JSON,
};

struct arguments {
	enum arguments_mode mode;
	enum arguments_error error; /* what stopped reading; the rest is then not to be relied on */
	const char *device; /* NULL if none; only the first one counts */
	const char *policy; /* -p, or NULL */
	bool has_verbosity, has_retries;
	int verbosity; /* -v */
	int retries; /* -R */
	bool from_udev;
	bool bindings_read_only; /* -B */
	bool bindings_file; /* -b was given, and is ignored */
	bool no_daemon; /* -D */
	bool all_foreign; /* -e */
	bool ignore_wwids; /* -i */
	bool keep_queueing; /* -q */
	bool force_reload; /* -r */
	bool json; /* --json */
};

/**
 * arguments_parse() - read the command line
 * @argv:	left as it is; texts in @ret are borrowed from it
 */
void arguments_parse(int argc, char *const argv[], struct arguments *ret);

/** arguments_are_for_anybody() - Return: true if it only reads and prints the configuration */
static inline bool arguments_are_for_anybody(const struct arguments *arguments)
{
	return arguments->mode == MODE_PRINT_CONFIG || arguments->mode == MODE_CHECK_CONFIG;
}

/**
 * arguments_complain() - report what is wrong, if anything, and print the usage. Return: exit
 * status.
 */
int arguments_complain(const struct arguments *arguments);
