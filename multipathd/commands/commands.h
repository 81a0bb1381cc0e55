/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * commands.h - the command table: a row for each command, whose handler is in *_commands.c.
 * For: main, tests.
 */
#pragma once
#include <stddef.h>

struct command;
struct request;

/** commands_serve() - request_fn of the daemon, which is @userdata */
void commands_serve(void *userdata, const struct request *request);

/** commands_table() - all rows, in the order of the help text printed for an unknown word */
const struct command *commands_table(size_t *count);
