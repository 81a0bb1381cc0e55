/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "multipath/arguments.h"

#include <ctype.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "multipath/usage.h"

static bool policy_is_known(const char *policy)
{
	static const char *const known[] = { "failover",	   "multibus",
					     "group_by_serial",	   "group_by_prio",
					     "group_by_node_name", "group_by_tpg" };
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strcmp(policy, known[i]))
			return true;
	}
	return false;
}

/* Options without a letter. */
enum { OPTION_CHECK_CONFIG = 256, OPTION_JSON };

static const struct option long_options[] = {
	{ "check-config", no_argument, NULL, OPTION_CHECK_CONFIG },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ 0 },
};

/* Of several modes the last one wins. */
static void mode_set(struct arguments *arguments, enum arguments_mode mode, bool from_udev)
{
	arguments->mode = mode;
	arguments->from_udev = from_udev;
}

/* Return: true if there is more to parse */
static bool option_read(int option, const char *value, struct arguments *ret)
{
	switch (option) {
	case 'a':
		mode_set(ret, MODE_ADD_WWID, false);
		break;
	case 'B':
		ret->bindings_read_only = true;
		break;
	case 'b':
		ret->bindings_file = true;
		break;
	case 'c':
		mode_set(ret, MODE_IS_PATH, false);
		break;
	case 'C':
		mode_set(ret, MODE_IS_USABLE, false);
		break;
	case 'd':
		if (ret->mode == MODE_CREATE)
			ret->mode = MODE_DRY_RUN;
		break;
	case 'D':
		ret->no_daemon = true;
		break;
	case 'e':
		ret->all_foreign = true;
		break;
	case 'f':
		mode_set(ret, MODE_FLUSH, false);
		break;
	case 'F':
		mode_set(ret, MODE_FLUSH_ALL, false);
		break;
	case 'h':
		mode_set(ret, MODE_USAGE, false);
		return false;
	case 'i':
		ret->ignore_wwids = true;
		break;
	case 'l':
		mode_set(ret, value && *value == 'l' ? MODE_LIST_CHECKED : MODE_LIST, false);
		break;
	case 'M':
		break;
	case 'p':
		ret->policy = value;
		if (!policy_is_known(value))
			ret->error = ARGUMENTS_BAD_POLICY;
		break;
	case 'q':
		ret->keep_queueing = true;
		break;
	case 'r':
		ret->force_reload = true;
		break;
	case 'R':
		ret->has_retries = true;
		ret->retries = atoi(value);
		break;
	case 't':
		mode_set(ret, MODE_PRINT_CONFIG, false);
		return false;
	case 'T':
		mode_set(ret, MODE_PRINT_LOCAL_CONFIG, false);
		break;
	case 'u':
		mode_set(ret, MODE_IS_PATH, true);
		break;
	case 'U':
		mode_set(ret, MODE_IS_USABLE, true);
		break;
	case 'v':
		if (!isdigit((unsigned char)*value))
			ret->error = ARGUMENTS_BAD_VERBOSITY;
		ret->has_verbosity = true;
		ret->verbosity = atoi(value);
		break;
	case 'w':
		mode_set(ret, MODE_REMOVE_WWID, false);
		break;
	case 'W':
		mode_set(ret, MODE_RESET_WWIDS, false);
		break;
	case OPTION_CHECK_CONFIG:
		mode_set(ret, MODE_CHECK_CONFIG, false);
		break;
	case OPTION_JSON:
		ret->json = true;
		break;
	case ':':
		ret->error = ARGUMENTS_NO_VALUE;
		break;
	default:
		ret->error = ARGUMENTS_UNKNOWN;
		break;
	}
	return !ret->error;
}

/*
 * A verb is the first word, followed by a device; it is removed. Return: number of words left.
 */
static int verb_read(int argc, char *words[], struct arguments *ret)
{
	if (argc < 3 || strcmp(words[1], "explain"))
		return argc;
	ret->mode = MODE_EXPLAIN;
	memmove(&words[1], &words[2], (argc - 1) * sizeof(*words));
	return argc - 1;
}

void arguments_parse(int argc, char *const argv[], struct arguments *ret)
{
	char *sorted[argc + 1]; /* getopt() moves words behind options */
	int option;

	memset(ret, 0, sizeof(*ret));
	memcpy(sorted, argv, sizeof(sorted));
	argc = verb_read(argc, sorted, ret);
	opterr = 0;
	optind = 0; /* from the start, whoever used getopt() before */
	while ((option = getopt_long(argc, sorted, ":aBb:cCdDefFhil::M:p:qrR:tTuUv:wW",
				     long_options, NULL)) >= 0) {
		if (!option_read(option, optarg, ret))
			return;
	}
	if (optind < argc)
		ret->device = sorted[optind];
	if (ret->mode == MODE_CHECK_CONFIG && optind + 1 < argc)
		ret->error = ARGUMENTS_TOO_MANY;
	if (ret->json && ret->mode != MODE_CHECK_CONFIG && ret->mode != MODE_EXPLAIN)
		ret->error = ARGUMENTS_NOT_JSON;
}

int arguments_complain(const struct arguments *arguments)
{
	switch (arguments->error) {
	case ARGUMENTS_BAD_POLICY:
		printf("'%s' is not a valid policy\n", arguments->policy);
		fflush(stdout);
		break;
	case ARGUMENTS_NO_VALUE:
		fputs("Missing option argument\n", stderr);
		break;
	case ARGUMENTS_UNKNOWN:
		fputs("Unknown switch: (null)\n", stderr); /* scripts know it so */
		break;
	case ARGUMENTS_TOO_MANY:
		fputs("--check-config takes one file\n", stderr);
		break;
	case ARGUMENTS_NOT_JSON:
		fputs("--json goes with --check-config or explain\n", stderr);
		break;
	case ARGUMENTS_OK:
	case ARGUMENTS_BAD_VERBOSITY:
		break;
	}
	fputs(usage_text, stderr);
	if (!arguments->error)
		return 0;
	return arguments->mode == MODE_CHECK_CONFIG ? 2 : 1; /* there 1 means warnings */
}
