/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * explanation.h - why something is as it is: decisions with their accounts, as text or JSON.  For:
 * programs.
 */
#pragma once
#include <stdbool.h>
#include <stddef.h>

#include "base/strbuf.h"
#include "config/trace.h"

enum { MP_EXPLANATION_SECTIONS = 8 };

/* One question. */
struct mp_explained {
	const char *name; /* constant: "filter" */
	struct mp_strbuf answer;
	struct mp_trace trace;
	struct mp_strbuf change; /* what would turn it, a line each; may be empty */
};

struct mp_explanation {
	struct mp_strbuf subject, summary;
	struct mp_explained sections[MP_EXPLANATION_SECTIONS];
	size_t count;
};

#define MP_EXPLANATION_INIT \
	{ \
		0 \
	}

/** mp_explanation_fini() - free the sections */
void mp_explanation_fini(struct mp_explanation *explanation);

/** mp_explanation_add() - one more section, empty; there is always room */
struct mp_explained *mp_explanation_add(struct mp_explanation *explanation, const char *name);

/** mp_explanation_format() - for people, or as JSON; failures are remembered in @out */
void mp_explanation_format(const struct mp_explanation *explanation, bool json,
			   struct mp_strbuf *out);
