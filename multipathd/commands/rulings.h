/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rulings.h - what the configuration in force says of a device that udev asks multipath -u about.
 * For: commands.c.
 */
#pragma once
#include <stdbool.h>

struct daemon;
struct mp_strbuf;

/**
 * rulings_serve() - answer the command of kernel/claimant.h from memory. Return: false if it is
 * malformed.
 */
bool rulings_serve(struct daemon *daemon, const char *text, struct mp_strbuf *reply);
