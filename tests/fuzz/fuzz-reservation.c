/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "kernel/reservation.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whatever a target sends, the decoded data lies within it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_reservation_holder holder;
	struct mp_reservation_keys keys;

	if (mp_reservation_decode_keys(data, size, &keys) == 0) {
		if (keys.count * 8 + 8 > size)
			abort();
		if (keys.count &&
		    !mp_reservation_count(&keys, mp_reservation_key(&keys, keys.count - 1)))
			abort();
	}
	mp_reservation_decode_holder(data, size, &holder);
	return 0;
}
