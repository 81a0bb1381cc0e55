/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Lists of mounts, swap areas and sockets. A line that does not list a disk does not list it after
 * another line either.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/mounts.h"
#include "multipathd/loop/holder.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char other[] = "1 2 0:7 / /x rw - fuse /dev/sda rw\n";
	_cleanup_free_ char *text = strndup((const char *)data, size),
			    *more = malloc(size + sizeof(other));

	if (!text || !more)
		return 0;
	strcat(strcpy(more, other), text);
	assert(mp_mounts_have(text, "8:0", "sda") == mp_mounts_have(more, "8:0", "sda"));
	assert(mp_mounts_have_swap(text, "sda") == mp_mounts_have_swap(more, "sda"));
	assert(holder_find_inode(text, "@a") == holder_find_inode(more, "@a"));
	return 0;
}
