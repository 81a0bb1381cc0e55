/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mpathpersist/command_line.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

enum { KEY_DIGITS = 16, TYPE_DIGITS = 2 };

static const struct option options[] = {
	{ "verbose", required_argument, NULL, 'v' },
	{ "clear", no_argument, NULL, 'C' },
	{ "device", required_argument, NULL, 'd' },
	{ "batch-file", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ "hex", no_argument, NULL, 'H' },
	{ "in", no_argument, NULL, 'i' },
	{ "out", no_argument, NULL, 'o' },
	{ "param-alltgpt", no_argument, NULL, 'Y' },
	{ "param-aptpl", no_argument, NULL, 'Z' },
	{ "param-rk", required_argument, NULL, 'K' },
	{ "param-sark", required_argument, NULL, 'S' },
	{ "preempt", no_argument, NULL, 'P' },
	{ "preempt-abort", no_argument, NULL, 'A' },
	{ "prout-type", required_argument, NULL, 'T' },
	{ "read-full-status", no_argument, NULL, 's' },
	{ "read-keys", no_argument, NULL, 'k' },
	{ "read-reservation", no_argument, NULL, 'r' },
	{ "register", no_argument, NULL, 'G' },
	{ "register-ignore", no_argument, NULL, 'I' },
	{ "release", no_argument, NULL, 'L' },
	{ "report-capabilities", no_argument, NULL, 'c' },
	{ "reserve", no_argument, NULL, 'R' },
	{ "transport-id", required_argument, NULL, 'X' },
	{ "alloc-length", required_argument, NULL, 'l' },
	{ 0 },
};

static const struct {
	char letter;
	bool out;
	int action;
} actions[] = {
	{ 'k', false, MPATH_PRIN_RKEY_SA },    { 'r', false, MPATH_PRIN_RRES_SA },
	{ 'c', false, MPATH_PRIN_RCAP_SA },    { 's', false, MPATH_PRIN_RFSTAT_SA },
	{ 'G', true, MPATH_PROUT_REG_SA },     { 'I', true, MPATH_PROUT_REG_IGN_SA },
	{ 'R', true, MPATH_PROUT_RES_SA },     { 'L', true, MPATH_PROUT_REL_SA },
	{ 'C', true, MPATH_PROUT_CLEAR_SA },   { 'P', true, MPATH_PROUT_PREE_SA },
	{ 'A', true, MPATH_PROUT_PREE_AB_SA },
};

static int parse_hex(const char *text, unsigned digits, uint64_t *ret)
{
	size_t length;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		text += 2;
	length = strspn(text, "0123456789abcdefABCDEF");
	if (!length || length > digits || text[length])
		return -EINVAL;
	*ret = strtoull(text, NULL, 16);
	return 0;
}

static int parse_decimal(const char *text, unsigned *ret)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno || *end || value > INT32_MAX)
		return -EINVAL;
	*ret = value;
	return 0;
}

static int refuse(const char *option)
{
	fprintf(stderr, "bad argument to '--%s'\n", option);
	return -EINVAL;
}

static int take_verbosity(struct command_line *arguments, const char *text)
{
	unsigned verbosity;

	if (parse_decimal(text, &verbosity) < 0)
		return refuse("verbose");
	arguments->verbosity = verbosity;
	arguments->has_verbosity = true;
	return 0;
}

static int take_batch_file(struct command_line *arguments, const char *file, bool in_batch_file)
{
	if (in_batch_file)
		fprintf(stderr, "ERROR: -f option not allowed in batch file\n");
	else if (arguments->batch_file)
		fprintf(stderr, "ERROR: -f option can be used at most once\n");
	else
		arguments->batch_file = file;
	return arguments->batch_file == file ? 0 : -EINVAL;
}

static int take_alloc_length(struct command_line *arguments, const char *text)
{
	if (parse_decimal(text, &arguments->alloc_length) < 0)
		return refuse("alloc-length");
	if (arguments->alloc_length <= MPATH_MAX_PARAM_LEN)
		return 0;
	fprintf(stderr, "'--alloc-length' argument exceeds maximum limit(%d)\n",
		MPATH_MAX_PARAM_LEN);
	return -EINVAL;
}

static int take_port(struct command_line *arguments, const char *text)
{
	if (arguments->port_count == ARRAY_SIZE(arguments->ports) ||
	    mp_transport_id_parse(text, &arguments->ports[arguments->port_count]) < 0)
		return refuse("transport-id");
	arguments->port_count++;
	return 0;
}

static int take_type(struct command_line *arguments, const char *text)
{
	uint64_t type;

	if (parse_hex(text, TYPE_DIGITS, &type) < 0 || type > MPATH_PR_TYPE_MASK)
		return refuse("prout-type");
	arguments->type = type;
	arguments->has_type = true;
	return 0;
}

static bool take_action(struct command_line *arguments, int letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (actions[i].letter != letter)
			continue;
		arguments->in_actions += !actions[i].out;
		arguments->out_actions += actions[i].out;
		arguments->action = actions[i].action;
		return true;
	}
	return false;
}

static int take_option(struct command_line *arguments, int letter, const char *value,
		       bool in_batch_file)
{
	arguments->is_command |= !strchr("fhv", letter);
	switch (letter) {
	case 'v':
		return take_verbosity(arguments, value);
	case 'f':
		return take_batch_file(arguments, value, in_batch_file);
	case 'd':
		arguments->device = value;
		return 0;
	case 'h':
		arguments->help = true;
		return 0;
	case 'H':
		arguments->hex = true;
		return 0;
	case 'i':
		arguments->in = true;
		return 0;
	case 'o':
		arguments->out = true;
		return 0;
	case 'Y':
		arguments->all_target_ports = true;
		return 0;
	case 'Z':
		arguments->through_power_loss = true;
		return 0;
	case 'K':
		return parse_hex(value, KEY_DIGITS, &arguments->key) < 0 ? refuse("param-rk") : 0;
	case 'S':
		return parse_hex(value, KEY_DIGITS, &arguments->service_action_key) < 0 ?
			       refuse("param-sark") :
			       0;
	case 'T':
		return take_type(arguments, value);
	case 'l':
		return take_alloc_length(arguments, value);
	case 'X':
		return take_port(arguments, value);
	}
	if (take_action(arguments, letter))
		return 0;
	fprintf(stderr, "unrecognised switch code 0x%x ??\n", letter);
	return -EINVAL;
}

int command_line_parse(int argc, char **argv, bool in_batch_file, struct command_line *ret)
{
	int letter;

	*ret = (struct command_line){ 0 };
	optind = 0; /* getopt() begins again */
	while ((letter = getopt_long(argc, argv, "v:Cd:f:hHioYZK:S:PAT:skrGILcRX:l:", options,
				     NULL)) >= 0) {
		if (take_option(ret, letter, optarg, in_batch_file) < 0)
			return -EINVAL;
		if (ret->help)
			return 0;
	}
	ret->is_command |= optind < argc;
	if (optind < argc && !ret->device)
		ret->device = argv[optind++];
	if (optind == argc)
		return 0;
	for (; optind < argc; optind++)
		fprintf(stderr, "Unexpected extra argument: %s\n", argv[optind]);
	return -EINVAL;
}

/* Return: what is wrong, NULL nothing. */
static const char *find_fault(const struct command_line *arguments)
{
	if (arguments->in == arguments->out)
		return "choose either '--in' or '--out' \n";
	if (arguments->out && (arguments->out_actions != 1 || arguments->in_actions))
		return " For Persistent Reserve Out only one appropriate\n"
		       " service action must be chosen \n";
	if (arguments->in && arguments->out_actions)
		return " When a service action for Persistent Reserve Out is chosen the\n"
		       " '--out' option must be given \n";
	if (arguments->in && !arguments->in_actions)
		return " No service action given for Persistent Reserve IN\n";
	if (arguments->in && arguments->in_actions > 1)
		return " Too many service actions given; choose one only\n";
	return arguments->device ? NULL : "No device name given \n";
}

int command_line_check(const struct command_line *arguments)
{
	const char *fault = find_fault(arguments);

	if (!fault)
		return 0;
	fputs(fault, stderr);
	return -EINVAL;
}
