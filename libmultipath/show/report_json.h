/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report_json.h - what is wrong with a configuration, as JSON.  For: programs. */
#pragma once

struct mp_report;
struct mp_strbuf;

/**
 * mp_show_report_json() - { "errors": N, "warnings": N, "messages": [ { file, line, column,
 * severity, text } ] }
 *
 * Line and column are left out where a file as a whole is meant. Return: 0, -ENOMEM.
 */
int mp_show_report_json(const struct mp_report *report, struct mp_strbuf *out);
