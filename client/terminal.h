/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* terminal.h - text from elsewhere on a terminal.  For: front ends; libc only. */
#pragma once
#include <stddef.h>

/**
 * terminal_clean() - replace what a terminal would obey by question marks, in place
 *
 * Control characters of ASCII and those that UTF-8 adds; newlines, tabs and the two sequences by
 * which headings are printed bold stay.
 */
void terminal_clean(char *text, size_t length);
