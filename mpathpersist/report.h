/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report.h - an answer of the array as text, which programs parse: not a byte may change.  Pure.
 * For: mpathpersist, tests.
 */
#pragma once

struct mp_strbuf;
struct prin_resp;

/** report_response() - @action: MPATH_PRIN_... */
void report_response(struct mp_strbuf *buf, int action, const struct prin_resp *response);
