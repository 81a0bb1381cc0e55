/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * diagnostics.h - messages about a file, collected on a worker and passed on by the loop.  For:
 * jobs that read files, and those who take their answers.
 */
#pragma once
#include "base/strbuf.h"
#include "config/config.h"

struct diagnostics {
	struct mp_strbuf messages; /* each: severity, level, text, NUL */
};

/** diagnostics_collect() - mp_diagnostic_fn; @userdata: struct diagnostics */
void diagnostics_collect(void *userdata, enum mp_severity severity, int level, const char *text);

/** diagnostics_replay() - pass all of them on, in their order. Return: 0, -ENOMEM: some are lost.
 */
int diagnostics_replay(const struct diagnostics *diagnostics, mp_diagnostic_fn tell,
		       void *userdata);

/** diagnostics_fini() - forget them */
void diagnostics_fini(struct diagnostics *diagnostics);
