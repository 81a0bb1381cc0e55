/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* status.h - the sums of `show status`.  For: the daemon. */
#pragma once
#include <stdbool.h>

#include "model/state.h"

struct mp_strbuf;

struct mp_status_counts {
	unsigned paths[MP_PATH_STATES];
	unsigned monitored; /* paths whose device is open */
	bool busy; /* events wait or are being served */
};

/** mp_show_status() - what `show status` prints */
void mp_show_status(const struct mp_status_counts *counts, struct mp_strbuf *out);
