/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/node.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

const char *mp_node_name(const char *text)
{
	static const char *const dirs[] = { MP_NODE_MAPPER, "/dev/" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		if (!strncmp(text, dirs[i], strlen(dirs[i])))
			return text + strlen(dirs[i]);
	return text;
}
