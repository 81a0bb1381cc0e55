/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "show/status.h"

#include "base/strbuf.h"

void mp_show_status(const struct mp_status_counts *counts, struct mp_strbuf *out)
{
	mp_strbuf_puts(out, "path checker states:\n");
	for (unsigned state = 0; state < MP_PATH_STATES; state++) {
		if (counts->paths[state])
			mp_strbuf_printf(out, "%-20s%u\n", mp_path_state_name(state),
					 counts->paths[state]);
	}
	mp_strbuf_printf(out, "\npaths: %u\nbusy: %s\n", counts->monitored,
			 counts->busy ? "True" : "False");
}
