/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* maps.h - multipathd's listing in JSON as maps, groups and paths.  For: libdmmp, tests. */
#pragma once
#include <stdint.h>

struct dmmp_context;
struct dmmp_mpath;

/**
 * maps_decode() - the reply to "show maps json"
 * @ret, @count:	for dmmp_mpath_array_free(); NULL and 0 if there are none, and on failure
 *
 * Return: DMMP_OK, DMMP_ERR_IPC_ERROR it cannot be read, or lacks something, DMMP_ERR_INCOMPATIBLE
 * another version, DMMP_ERR_NO_MEMORY.
 */
int maps_decode(struct dmmp_context *ctx, const char *text, struct dmmp_mpath ***ret,
		uint32_t *count);
