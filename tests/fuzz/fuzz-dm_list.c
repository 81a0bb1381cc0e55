/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Device-mapper's list of names; the first byte says whether it includes UUIDs. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/dm_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mp_dm_listed *list;
	size_t count;
	uint64_t *aligned;
	int r;

	if (size == 0)
		return 0;
	/* Aligned as the kernel's reply, and exactly as large. */
	aligned = malloc(size - 1 ? size - 1 : 1);
	if (!aligned)
		abort();
	memcpy(aligned, data + 1, size - 1);
	r = mp_dm_list_parse(aligned, size - 1, data[0] & 1, &list, &count);
	if (r == 0) {
		for (size_t i = 0; i < count; i++)
			if (!list[i].name || ((data[0] & 1) && !list[i].uuid))
				abort();
		mp_dm_list_free(list, count);
	} else if (r != -EBADMSG) {
		abort();
	}
	free(aligned);
	return 0;
}
