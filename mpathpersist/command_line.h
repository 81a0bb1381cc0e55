/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command_line.h - one command line of mpathpersist, or a line of its batch file.  For:
 * mpathpersist, tests.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/transport_id.h"
#include "libmpathpersist/mpath_persist.h"

/* Text is borrowed from the command line. */
struct command_line {
	bool help, hex;
	bool in, out;
	bool is_command; /* there is more than -f, -h and -v */
	int verbosity;
	bool has_verbosity;
	const char *device;
	const char *batch_file;
	unsigned in_actions, out_actions; /* so many were given */
	int action; /* the last one: MPATH_PRIN_... or MPATH_PROUT_... */
	uint64_t key, service_action_key;
	unsigned type;
	bool has_type;
	unsigned alloc_length; /* 0: not given */
	bool all_target_ports, through_power_loss;
	struct mp_transport_id ports[MPATH_MX_TIDS];
	size_t port_count;
};

/**
 * command_line_parse() - options and device of a command line; each fault is printed to stderr
 * @in_batch_file:	-f is an error, -v is ignored
 *
 * Return: 0, -EINVAL.
 */
int command_line_parse(int argc, char **argv, bool in_batch_file, struct command_line *ret);

/** command_line_check() - whether they make a command; the fault is printed. Return: 0, -EINVAL. */
int command_line_check(const struct command_line *arguments);
