/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/udevdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	_cleanup_free_ char *text = strndup((const char *)data, size);

	if (text && mp_udevdb_parse(text, &props) == 0)
		for (size_t i = 0; i < props.count; i++)
			if (!mp_props_get(&props, props.items[i].name) || strchr(props.items[i].value, '\n'))
				abort();
	return 0;
}
