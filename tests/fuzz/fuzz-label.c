/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/label.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * The input is the last sector of a disk, cut to 512 bytes; the size of the disk is that in the
 * label, or another one.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t sector[512] = { 0 }, again[512];
	char name[MP_LABEL_NAME_SIZE];
	struct mp_label label;
	uint64_t claimed;
	int r;

	memcpy(sector, data, size < sizeof(sector) ? size : sizeof(sector));
	mp_label_describe_sector(data, size);
	if (mp_label_decode(data, size, 1 << 20, &label) == 0 && label.media_bytes != 1 << 20)
		abort();
	claimed = 0;
	for (int i = 7; i >= 0; i--)
		claimed = claimed << 8 | sector[80 + i];
	r = mp_label_decode(sector, sizeof(sector), claimed, &label);
	if (r != 0 && r != -ENOENT && r != -EPROTONOSUPPORT && r != -EBADMSG && r != -ERANGE)
		abort();
	if (r < 0)
		return 0;
	mp_label_map_name(label.name, name);
	if (!mp_label_name_is_valid(name))
		abort();
	/* An accepted label can be encoded, and decodes to the same. */
	if (mp_label_encode(&label, again, sizeof(again)) < 0 || memcmp(again, sector, 16) ||
	    strcmp((const char *)again + 16, (const char *)sector + 16) ||
	    memcmp(again + 72, sector + 72, 17))
		abort();
	return 0;
}
