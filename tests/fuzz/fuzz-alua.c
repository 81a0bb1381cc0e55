/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "kernel/alua.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first two bytes are the number of the group to look for. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum mp_alua_state state;
	bool preferred;
	int r;

	if (size < 2)
		return 0;
	r = mp_alua_decode(data + 2, size - 2, data[0] << 8 | data[1], &state, &preferred);
	if (r != 0 && r != -ENOENT && r != -EBADMSG)
		abort();
	if (r == 0 && (mp_alua_priority(state, preferred, false) < 0 ||
		       mp_alua_priority(state, preferred, true) > 130))
		abort();
	return 0;
}
