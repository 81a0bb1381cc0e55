/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "kernel/fpin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_notification(const uint8_t *data, size_t size)
{
	struct mp_fpin_list list;
	struct mp_fpin fpin;
	const uint8_t *end = data + size;

	if (mp_fpin_open(data, size, &list) < 0)
		return;
	while (mp_fpin_next(&list, &fpin)) {
		if (fpin.port_count &&
		    (fpin.ports < data || fpin.ports + fpin.port_count * 8 > end))
			abort();
		if (!*mp_fpin_kind_text(&fpin) || !*mp_fpin_reason_text(&fpin))
			abort();
		if (mp_fpin_judge(&fpin) == MP_FPIN_CLEAR && !mp_fpin_is_congestion(&fpin))
			abort();
		if (mp_fpin_names(&fpin, 0))
			abort();
		mp_fpin_names(&fpin, 0x2000000200000001);
	}
}

/* A datagram, and the same bytes as a notification. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *at = data;
	size_t left = size;
	struct mp_fc_event event;

	while (mp_fc_event_next(&at, &left, &event)) {
		if (at < data || at + left != data + size || event.data + event.size > at)
			abort();
		read_notification(event.data, event.size);
	}
	read_notification(data, size);
	return 0;
}
