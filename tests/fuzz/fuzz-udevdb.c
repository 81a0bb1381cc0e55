/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/udevdb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_by(int (*parse)(char *text, struct mp_props *ret), const uint8_t *data,
		    size_t size)
{
	_cleanup_(mp_props_fini) struct mp_props props = MP_PROPS_INIT;
	_cleanup_free_ char *text = strndup((const char *)data, size);

	if (text && parse(text, &props) == 0)
		for (size_t i = 0; i < props.count; i++)
			if (!mp_props_get(&props, props.items[i].name) ||
			    strchr(props.items[i].value, '\n'))
				abort();
}

/* A record of udev's database, and the same as a uevent file of the kernel. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_by(mp_udevdb_parse, data, size);
	read_by(mp_udevdb_parse_uevent, data, size);
	return 0;
}
